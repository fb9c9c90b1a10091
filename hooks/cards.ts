import type { Card, Link } from '../src/cds-hooks/card.ts';
import type { Alert } from '../src/findings/alert.ts';
import type { CardContext } from './card-context.ts';
import { detailOf, documentUrl } from './card-detail.ts';
import { summaryOf } from './card-summary.ts';
import { OVERRIDE_REASONS } from './override-reasons.ts';
import { suggestionsOf } from './suggestions.ts';
import { dayOf, noteType } from './words.ts';

const LINKS_SHOWN = 3;

/** https://cds-hooks.hl7.org/2.0/#source: what the cards are about, for clients that sort or filter. */
const TOPIC = {
  system: 'https://vigilnote.org/fhir/CodeSystem/card-topic',
  code: 'adverse-drug-reaction-in-notes',
  display: 'Adverse drug reaction in clinical notes',
};

/** One drug, one card. https://cds-hooks.hl7.org/2.0/#card-attributes */
export function toCard(alert: Alert, context: CardContext): Card {
  const suggestions = suggestionsOf(alert, context);
  const links = linksOf(alert);
  return {
    uuid: context.newUuid(),
    summary: summaryOf(alert, context),
    detail: detailOf(alert, context),
    indicator: alert.indicator,
    source: {
      label: 'Vigilnote',
      ...(context.sourceUrl && { url: context.sourceUrl }),
      topic: TOPIC,
    },
    // Recording a reaction and dropping the order go together: the user may choose both.
    ...(suggestions.length > 0 && {
      suggestions,
      selectionBehavior: suggestions.length > 1 ? ('any' as const) : ('at-most-one' as const),
    }),
    overrideReasons: [...OVERRIDE_REASONS],
    ...(links.length > 0 && { links }),
  };
}

/** The documents behind the card, each once. */
function linksOf({ findings }: Alert): Link[] {
  const links = new Map<string, Link>();
  for (const { evidence } of findings) {
    const url = documentUrl(evidence.source);
    if (!url || links.has(url)) continue;
    const day = dayOf(evidence.source.date);
    links.set(url, {
      label: `${noteType(evidence.source)}${day ? `, ${day}` : ''}`,
      url,
      type: 'absolute',
    });
  }
  return [...links.values()].slice(0, LINKS_SHOWN);
}
