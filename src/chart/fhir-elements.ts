import type { CodeableConcept, Reference } from 'fhir/r4.js';
import type { MedicationConcept } from '../coding/coding.ts';

/**
 * Any resource, as far as it is looked at here. What stands in it was written by others: elements
 * are read one by one, and one of another shape than FHIR gives it is left aside.
 */
export interface ResourceLike {
  readonly resourceType: string;
  readonly [element: string]: unknown;
}

/** `value` where it is a JSON object. */
export function objectIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** The objects of a list; a lone object counts as a list of one. */
export function objectsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map(objectIn).filter((item) => item !== undefined);
}

export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A CodeableConcept as the linker takes it; undefined where it says nothing. */
export function conceptIn(value: unknown): MedicationConcept | undefined {
  const concept = objectIn(value) as CodeableConcept | undefined;
  if (!concept) return undefined;
  const codings = objectsIn(concept.coding ?? []).map((coding) => {
    const [system, code, display] = [coding.system, coding.code, coding.display].map(textIn);
    return {
      ...(system !== undefined && { system }),
      ...(code !== undefined && { code }),
      ...(display !== undefined && { display }),
    };
  });
  const text = textIn(concept.text);
  if (codings.length === 0 && text === undefined) return undefined;
  return { codings, ...(text !== undefined && { text }) };
}

/** What a reader would call a concept: its text, else the first display. */
export function nameOf({ codings, text }: MedicationConcept): string {
  return text ?? codings.find(({ display }) => display !== undefined)?.display ?? '';
}

/** Codes of a concept, of whatever system. */
export function codesIn(value: unknown): readonly string[] {
  return conceptIn(value)?.codings.flatMap(({ code }) => (code === undefined ? [] : [code])) ?? [];
}

export function referenceIn(value: unknown): string | undefined {
  return textIn((objectIn(value) as Reference | undefined)?.reference);
}

/**
 * Finds what a reference points to: `#id` among the contained resources of its holder, else by type
 * and id among all, whatever the base URL and version.
 */
export function resolveReference(
  reference: string,
  holder: ResourceLike,
  all: readonly ResourceLike[],
): ResourceLike | undefined {
  if (reference.startsWith('#')) {
    const contained = objectsIn(holder.contained ?? []) as readonly ResourceLike[];
    return contained.find(({ id }) => id === reference.slice(1));
  }
  const [type, id] = reference
    .replace(/\/_history\/.*$/, '')
    .split('/')
    .slice(-2);
  return all.find((resource) => resource.resourceType === type && resource.id === id);
}
