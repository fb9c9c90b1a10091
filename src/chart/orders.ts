import type { Linker } from '../coding/coding.ts';
import type { OrderedDrug } from '../findings/alert.ts';
import { objectIn, objectsIn, type ResourceLike, textIn } from './fhir-elements.ts';
import { medicationIn } from './medication-concept.ts';

/** Orders that nobody will carry out. */
const NOT_ORDERED: ReadonlySet<unknown> = new Set([
  'entered-in-error',
  'cancelled',
  'stopped',
  'completed',
]);

/** https://hl7.org/fhir/R4/valueset-medicationrequest-status.html and -medication-statement-status.html */
const TAKEN: ReadonlySet<unknown> = new Set(['active', 'intended', 'recorded']);

/**
 * The drugs that are being ordered: MedicationRequests of a Bundle (which may lack its `type`) or of
 * a list of resources, in their order. Other orders, and requests not to give a drug, are none.
 *
 * @param selections ids of the requests that count, as `MedicationRequest/1` or `1`; absent: all
 */
export function ordersOf(
  drafts: unknown,
  linker: Pick<Linker, 'ingredientsOf' | 'classesOf'>,
  selections?: readonly string[],
): OrderedDrug[] {
  const all = resourcesIn(drafts);
  return all
    .filter(
      (resource) =>
        resource.resourceType === 'MedicationRequest' &&
        !NOT_ORDERED.has(resource.status) &&
        resource.doNotPerform !== true &&
        isSelected(resource, selections),
    )
    .flatMap((request) => orderedDrug(request, all, linker) ?? []);
}

/** What the patient is on: active MedicationRequests (orders, not plans) and MedicationStatements. */
export function medicationsOf(
  resources: unknown,
  linker: Pick<Linker, 'ingredientsOf' | 'classesOf'>,
): OrderedDrug[] {
  const all = resourcesIn(resources);
  return all
    .filter(
      ({ resourceType, status, doNotPerform, intent }) =>
        TAKEN.has(status) &&
        (resourceType === 'MedicationStatement' ||
          (resourceType === 'MedicationRequest' &&
            doNotPerform !== true &&
            intent !== 'proposal' &&
            intent !== 'plan')),
    )
    .flatMap((resource) => orderedDrug(resource, all, linker) ?? []);
}

/** The resources of a Bundle's entries, or of a list. */
export function resourcesIn(value: unknown): readonly ResourceLike[] {
  const entries = objectIn(value)?.entry;
  const resources = Array.isArray(value)
    ? value
    : objectsIn(entries ?? []).map(({ resource }) => resource);
  return resources.flatMap((resource) => {
    const object = objectIn(resource);
    return typeof object?.resourceType === 'string' ? [object as ResourceLike] : [];
  });
}

function isSelected(resource: ResourceLike, selections: readonly string[] | undefined): boolean {
  if (!selections) return true;
  const id = textIn(resource.id);
  return id !== undefined && selections.some((selection) => idIn(selection) === idIn(id));
}

/** `1` of `MedicationRequest/1`, of an absolute URL, of `1`. */
function idIn(reference: string): string {
  return (
    reference
      .replace(/\/_history\/.*$/, '')
      .split('/')
      .at(-1) ?? reference
  );
}

function orderedDrug(
  resource: ResourceLike,
  all: readonly ResourceLike[],
  linker: Pick<Linker, 'ingredientsOf' | 'classesOf'>,
): OrderedDrug | undefined {
  const named = medicationIn(resource, all, linker);
  if (!named) return undefined;
  const classes = new Set(named.ingredients.flatMap(({ code }) => linker.classesOf(code)));
  const id = textIn(resource.id);
  return {
    ingredients: named.ingredients,
    ...(classes.size > 0 && { classes: [...classes] }),
    text: named.text,
    // Some clients write the id as a reference.
    ...(id !== undefined && { resourceId: idIn(id) }),
    resourceType: resource.resourceType,
  };
}
