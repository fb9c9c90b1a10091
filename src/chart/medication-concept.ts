import type { Coding, Linker, MedicationConcept } from '../coding/coding.ts';
import {
  conceptIn,
  nameOf,
  objectIn,
  objectsIn,
  type ResourceLike,
  referenceIn,
  resolveReference,
  textIn,
} from './fhir-elements.ts';

/** A medication as a resource names it. */
export interface NamedMedication {
  readonly ingredients: readonly Coding[];
  readonly text: string;
}

/**
 * `medication[x]` of R4, or `medication` of R5: a concept, or a reference to a Medication that is
 * contained or among `all`.
 */
export function medicationIn(
  resource: ResourceLike,
  all: readonly ResourceLike[],
  linker: Pick<Linker, 'ingredientsOf'>,
): NamedMedication | undefined {
  const r5 = objectIn(resource.medication);
  const reference = referenceIn(resource.medicationReference) ?? referenceIn(r5?.reference);
  const medication = reference ? resolveReference(reference, resource, all) : undefined;
  const display =
    textIn(objectIn(resource.medicationReference)?.display) ??
    textIn(objectIn(r5?.reference)?.display);
  return (
    namedBy(conceptIn(resource.medicationCodeableConcept) ?? conceptIn(r5?.concept), linker) ??
    (medication && namedByMedication(medication, linker)) ??
    namedBy(display === undefined ? undefined : { codings: [], text: display }, linker)
  );
}

/** A Medication by its code, or else by the ingredients that it lists. */
export function namedByMedication(
  medication: ResourceLike,
  linker: Pick<Linker, 'ingredientsOf'>,
): NamedMedication | undefined {
  const own = namedBy(conceptIn(medication.code), linker);
  if (own && own.ingredients.length > 0) return own;
  const listed = objectsIn(medication.ingredient ?? []).flatMap(
    ({ itemCodeableConcept, item }) =>
      namedBy(conceptIn(itemCodeableConcept) ?? conceptIn(objectIn(item)?.concept), linker) ?? [],
  );
  if (listed.length === 0) return own;
  const ingredients = new Map(
    listed.flatMap((one) => one.ingredients).map((coding) => [coding.code, coding]),
  );
  return {
    ingredients: [...ingredients.values()],
    text: own?.text || listed.map(({ text }) => text).join(' / '),
  };
}

function namedBy(
  concept: MedicationConcept | undefined,
  linker: Pick<Linker, 'ingredientsOf'>,
): NamedMedication | undefined {
  if (!concept) return undefined;
  const ingredients = linker.ingredientsOf(concept);
  const text = nameOf(concept) || ingredients.map(({ display }) => display).join(' / ');
  return text === '' && ingredients.length === 0 ? undefined : { ingredients, text };
}
