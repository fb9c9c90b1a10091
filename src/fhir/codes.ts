import type { Coding as FhirCoding, Resource } from 'fhir/r4.js';

/** Base of the canonical addresses of Vigilnote's own code systems and extensions. */
const OWN = 'https://vigilnote.org/fhir';

/**
 * Marks what software asserted, until a person accepts it.
 * https://terminology.hl7.org/CodeSystem-v3-ObservationValue.html#v3-ObservationValue-AIAST
 */
export const AI_ASSERTED: FhirCoding = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'AIAST',
  display: 'Artificial Intelligence asserted',
};

/** Probability 0–1 that the note blames the drug for the event. */
export const CONFIDENCE_EXTENSION = `${OWN}/StructureDefinition/confidence`;
/** Unit that offset and length of a derivation-reference count here. */
export const OFFSET_UNIT_EXTENSION = `${OWN}/StructureDefinition/offset-unit`;
/** Version of the source document: servers may drop the version from a reference (HAPI does by default). */
export const DOCUMENT_VERSION_EXTENSION = `${OWN}/StructureDefinition/document-version`;
/** SHA-256 of the target as it was written, by which a later change by others is known. */
export const CONTENT_DIGEST_EXTENSION = `${OWN}/StructureDefinition/content-digest`;
/** Where in a resource the text stands that a statement was drawn from: FHIR extensions pack. */
export const DERIVATION_REFERENCE = 'http://hl7.org/fhir/StructureDefinition/derivation-reference';

export const ADVERSE_EVENT_IDENTIFIER = `${OWN}/NamingSystem/adverse-event`;
export const MODEL_IDENTIFIER = `${OWN}/NamingSystem/model`;

/** Whether a resource is still software's own word: no person has accepted or changed it. */
export function isAiAsserted(resource: Resource): boolean {
  return (resource.meta?.security ?? []).some(
    ({ system, code }) => system === AI_ASSERTED.system && code === AI_ASSERTED.code,
  );
}
