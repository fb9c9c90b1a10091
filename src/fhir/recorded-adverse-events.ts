import type { AdverseEvent, CodeableConcept, Medication, Reference } from 'fhir/r4.js';
import { type Linker, MEDDRA_SYSTEM, type MedicationConcept } from '../coding/coding.ts';
import type { Finding } from '../findings/finding.ts';
import { drugKey, eventKey, normaliseText } from '../findings/identity.ts';
import { ADVERSE_EVENT_IDENTIFIER, isAiAsserted } from './codes.ts';

/** Drugs with their events as people have recorded them, by the keys of {@link isRecorded}. */
export type RecordedReactions = ReadonlySet<string>;

/**
 * Which drug did what, by the AdverseEvents that people recorded. What software asserted, ours too,
 * is not counted: writing it once more is what keeps it up to date.
 */
export function recordedReactionsOf(
  resources: readonly AdverseEvent[],
  linker: Linker,
): RecordedReactions {
  const keys = new Set<string>();
  for (const resource of resources) {
    if (isAiAsserted(resource) || resource.identifier?.system === ADVERSE_EVENT_IDENTIFIER) {
      continue;
    }
    const events = eventKeysOf(resource.event, linker);
    for (const { instance } of resource.suspectEntity ?? []) {
      for (const drug of drugKeysOf(instance, resource, linker)) {
        for (const event of events) keys.add(`${drug}|${event}`);
      }
    }
  }
  return keys;
}

/** Whether a person recorded this drug with this event, in whatever words or codes. */
export function isRecorded({ drug, event }: Finding, recorded: RecordedReactions): boolean {
  const events = [
    eventKey(event),
    ...(event.link.kind === 'event' ? [`meddra ${event.link.concept.code}`] : []),
  ];
  return events.some((key) => recorded.has(`${drugKey(drug)}|${key}`));
}

function eventKeysOf(concept: CodeableConcept | undefined, linker: Linker): string[] {
  const codes = (concept?.coding ?? [])
    .filter(({ system, code }) => system === MEDDRA_SYSTEM && code)
    .map(({ code }) => `meddra ${code}`);
  const words = [concept?.text, ...(concept?.coding ?? []).map(({ display }) => display)]
    .filter((text) => text !== undefined)
    .map((text) => eventKey({ text, link: linker.linkEvent(text) }));
  return [...new Set([...codes, ...words])];
}

/** The suspect in a contained Medication, else by the words of the reference. */
function drugKeysOf(instance: Reference, resource: AdverseEvent, linker: Linker): string[] {
  const contained = resource.contained?.find(
    (part): part is Medication =>
      part.resourceType === 'Medication' && instance.reference === `#${part.id}`,
  );
  const concept: MedicationConcept = {
    codings: (contained?.code?.coding ?? []).map(({ system, code, display }) => ({
      ...(system && { system }),
      ...(code && { code }),
      ...(display && { display }),
    })),
    ...((contained?.code?.text ?? instance.display) && {
      text: contained?.code?.text ?? instance.display ?? '',
    }),
  };
  const ingredients = linker.ingredientsOf(concept).map(({ code }) => code);
  if (ingredients.length > 0) return [`rxnorm ${[...new Set(ingredients)].sort().join('+')}`];
  return concept.text ? [`text ${normaliseText(concept.text)}`] : [];
}
