import { MAXIMUM_SUMMARY_LENGTH } from '../src/cds-hooks/card.ts';
import type { Alert } from '../src/findings/alert.ts';
import type { Finding } from '../src/findings/finding.ts';
import { isAllergicReaction } from './allergic-reaction.ts';
import type { CardContext } from './card-context.ts';
import { oneLine } from './markdown.ts';
import { capitalised, dayOf, eventDisplay, shortened } from './words.ts';

/** Longer words of a note give way to the coded term, UTF-16 units. */
const WORDS_OF_A_NOTE = 40;

/**
 * One line of plain text within the 139 characters of the specification, whatever the names:
 * "Amoxicillin: rash noted 2023-04-03; no allergy recorded".
 */
export function summaryOf(alert: Alert, context: CardContext): string {
  const [best] = alert.findings;
  if (!best) throw new Error(`alert ${alert.key} has no finding`);
  const day = dayOf(best.evidence.source.date);
  const possible = best.assertion === 'possible' ? 'possible ' : '';
  const others =
    new Set(alert.findings.map((finding) => eventDisplay(finding).toLowerCase())).size - 1;
  const more = others > 0 ? ` and ${others} more` : '';
  const noted = `${more} noted${day ? ` ${day}` : ' in a note'}`;
  const tail = alert.matchedBy === 'class' ? ' (same class)' : `; ${unrecorded(alert, context)}`;
  const drug = shortened(capitalised(plain(drugOf(alert))), 45);
  const fixed = `${drug}: ${possible}${noted}${tail}`;
  const event = shortened(
    inSentence(plain(eventWords(best))),
    MAXIMUM_SUMMARY_LENGTH - fixed.length,
  );
  return shortened(`${drug}: ${possible}${event}${noted}${tail}`, MAXIMUM_SUMMARY_LENGTH);
}

/** In the note's own words: vocabularies turn them round ("Rash maculo-papular"). */
function eventWords(finding: Finding): string {
  const words = oneLine(finding.event.text);
  return words.length <= WORDS_OF_A_NOTE ? words : eventDisplay(finding);
}

/** By class the reader must see both: what is ordered, and what the note speaks of. */
function drugOf(alert: Alert): string {
  return alert.matchedBy === 'class' && alert.order
    ? `${shortened(alert.order.text, 20)} / ${shortened(alert.drugDisplay, 20)}`
    : alert.drugDisplay;
}

function unrecorded(alert: Alert, { unreadParts }: CardContext): string {
  if (unreadParts.includes('allergy list')) return 'allergy list not readable';
  return alert.findings.some(({ event }) => isAllergicReaction(event))
    ? 'no allergy recorded'
    : 'not recorded in the chart';
}

/** "Rash" → "rash"; "QT prolonged", "Stevens-Johnson syndrome" and "DRESS" stay. */
function inSentence(text: string): string {
  return /^\p{Lu}\p{Ll}+(?:\s|$)/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/** A client may take a summary for HTML. */
function plain(text: string): string {
  return oneLine(text).replaceAll('<', '‹').replaceAll('>', '›');
}
