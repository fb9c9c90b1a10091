import type { AllergyIntolerance, AllergyIntoleranceReaction, CodeableConcept } from 'fhir/r4.js';
import type { Action, Suggestion } from '../src/cds-hooks/card.ts';
import { suggestedAdverseEvent } from '../src/fhir/adverse-event.ts';
import { AI_ASSERTED } from '../src/fhir/codes.ts';
import type { Alert } from '../src/findings/alert.ts';
import type { Finding } from '../src/findings/finding.ts';
import { isAllergicReaction } from './allergic-reaction.ts';
import type { CardContext } from './card-context.ts';
import { oneLine } from './markdown.ts';
import { dayOf, eventDisplay, listed, noteType, shortened } from './words.ts';

/**
 * What the user can do with one click: record the reaction where it belongs, and drop the draft
 * order. A match by class alone suggests nothing: it is no evidence on the ordered drug.
 */
export function suggestionsOf(alert: Alert, context: CardContext): Suggestion[] {
  if (alert.matchedBy === 'class') return [];
  const allergic = alert.findings.filter(({ event }) => isAllergicReaction(event));
  const other = alert.findings.find(({ event }) => !isAllergicReaction(event));
  const drug = shortened(oneLine(alert.drugDisplay), 60);
  const suggestions: Suggestion[] = [];
  if (allergic.length > 0) {
    suggestions.push(
      suggestion(context, `Record an unconfirmed allergy to ${drug}`, {
        type: 'create',
        description: `Create an unconfirmed allergy to ${drug} with ${listed(distinctEvents(allergic))}`,
        resource: { ...allergyIntolerance(alert, allergic, context) },
      }),
    );
  }
  if (other) {
    suggestions.push(
      suggestion(
        context,
        `Record ${shortened(eventDisplay(other), 60)} as an adverse event of ${drug}`,
        {
          type: 'create',
          description: `Create an adverse event: ${eventDisplay(other)} with ${drug}`,
          resource: { ...suggestedAdverseEvent(other) },
        },
      ),
    );
  }
  const { order } = alert;
  if (order?.resourceId && order.resourceType) {
    const text = shortened(oneLine(order.text), 60);
    suggestions.push(
      suggestion(context, `Remove the draft order for ${text}`, {
        type: 'delete',
        description: `Delete the draft order for ${text}`,
        resourceId: `${order.resourceType}/${order.resourceId}`,
      }),
    );
  }
  return suggestions;
}

function suggestion({ newUuid }: CardContext, label: string, action: Action): Suggestion {
  return { label, uuid: newUuid(), actions: [action] };
}

function distinctEvents(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map((finding) => shortened(eventDisplay(finding), 60)))];
}

/**
 * An unconfirmed allergy as software may propose it: a person confirms it or takes it back.
 * https://hl7.org/fhir/R4/allergyintolerance.html
 */
function allergyIntolerance(
  alert: Alert,
  findings: readonly Finding[],
  { patientId, userId, now }: CardContext,
): AllergyIntolerance {
  const serious = findings.some(({ seriousness }) =>
    seriousness.some((criterion) =>
      ['death', 'life-threatening', 'hospitalisation'].includes(criterion),
    ),
  );
  return {
    resourceType: 'AllergyIntolerance',
    meta: { security: [AI_ASSERTED] },
    clinicalStatus: status('allergyintolerance-clinical', 'active', 'Active'),
    verificationStatus: status('allergyintolerance-verification', 'unconfirmed', 'Unconfirmed'),
    type: 'allergy',
    category: ['medication'],
    ...(serious && { criticality: 'high' as const }),
    code: drugConcept(alert),
    patient: { reference: `Patient/${patientId}` },
    recordedDate: now.toISOString(),
    recorder: { reference: userId },
    note: [{ text: provenanceNote(findings) }],
    reaction: distinctReactions(findings),
  };
}

function status(system: string, code: string, display: string): CodeableConcept {
  return { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code, display }] };
}

/** One ingredient is its own concept; a combination is named by the concept that the note names. */
function drugConcept({ ingredients, drugDisplay, findings }: Alert): CodeableConcept {
  const [ingredient, ...others] = ingredients;
  const link = findings[0]?.drug.link;
  const concept =
    others.length === 0 ? ingredient : link?.kind === 'drug' ? link.concept : undefined;
  return {
    ...(concept && {
      coding: [{ system: concept.system, code: concept.code, display: concept.display }],
    }),
    text: oneLine(drugDisplay),
  };
}

function distinctReactions(findings: readonly Finding[]): AllergyIntoleranceReaction[] {
  const byEvent = new Map<string, AllergyIntoleranceReaction>();
  for (const finding of findings) {
    const { link, text } = finding.event;
    const key = eventDisplay(finding).toLowerCase();
    if (byEvent.has(key)) continue;
    byEvent.set(key, {
      manifestation: [
        {
          ...(link.kind === 'event' && {
            coding: [
              {
                system: link.concept.system,
                ...(link.concept.version && { version: link.concept.version }),
                code: link.concept.code,
                display: link.concept.display,
              },
            ],
          }),
          text: oneLine(text),
        },
      ],
      ...(finding.severity && { severity: finding.severity }),
    });
  }
  return [...byEvent.values()];
}

function provenanceNote([best]: readonly Finding[]): string {
  if (!best) return '';
  const { source, quote } = best.evidence;
  const place = [noteType(source), dayOf(source.date), source.reference].filter(Boolean).join(', ');
  return `Found by software (Vigilnote, model ${best.modelId}) in free text; unverified. “${shortened(oneLine(quote), 500)}” (${place})`;
}
