import type { Linker } from '../coding/coding.ts';
import type { FhirClient } from '../fhir/client.ts';
import type { KnownReaction, OrderedDrug } from '../findings/alert.ts';
import {
  objectIn,
  objectsIn,
  type ResourceLike,
  referenceIn,
  resolveReference,
} from './fhir-elements.ts';
import { knownReactionsOf } from './known-reactions.ts';
import { medicationsOf, resourcesIn } from './orders.ts';

export { knownReactionsOf } from './known-reactions.ts';
export { medicationsOf, ordersOf } from './orders.ts';

/** What the chart records in structured resources. */
export interface ChartFacts {
  readonly known: readonly KnownReaction[];
  /** What the patient is on, by active MedicationRequests and MedicationStatements. */
  readonly medications: readonly OrderedDrug[];
  /** Lists that could not be read; what they hold is unknown, not absent. */
  readonly unread: readonly { readonly resourceType: string; readonly error: unknown }[];
}

/** What is searched for, and the parameter that names the patient: https://hl7.org/fhir/R4/searchparameter-registry.html */
const LISTS = [
  ['AllergyIntolerance', 'patient'],
  ['AdverseEvent', 'subject'],
  ['MedicationRequest', 'patient'],
  ['MedicationStatement', 'patient'],
] as const;

/** Medications that are only referred to are read one by one, up to so many. */
const MEDICATIONS_READ = 50;

/**
 * Reads what the chart records of reactions and medications. A list that cannot be read leaves the
 * others as they are and is named.
 */
export async function fetchChartFacts(
  client: FhirClient,
  patientId: string,
  linker: Linker,
  options: { readonly signal?: AbortSignal } = {},
): Promise<ChartFacts> {
  const lists = await Promise.all(
    LISTS.map(async ([resourceType, parameter]) => {
      try {
        const resources: ResourceLike[] = [];
        const query = { [parameter]: `Patient/${patientId}` };
        for await (const page of client.searchPages(resourceType, query, options)) {
          resources.push(...resourcesIn(page).filter((one) => one.resourceType === resourceType));
        }
        return { resourceType, resources };
      } catch (error) {
        return { resourceType, resources: [], error };
      }
    }),
  );
  const listed = lists.flatMap((list) => list.resources);
  const resources = [...listed, ...(await readReferred(client, listed, options))];
  return {
    known: knownReactionsOf(resources, linker),
    medications: medicationsOf(resources, linker),
    unread: lists.flatMap(({ resourceType, error }) =>
      error === undefined ? [] : [{ resourceType, error }],
    ),
  };
}

/** The medications that resources refer to and that are not among them; what cannot be read is left out. */
async function readReferred(
  client: FhirClient,
  resources: readonly ResourceLike[],
  options: { readonly signal?: AbortSignal },
): Promise<ResourceLike[]> {
  const missing = new Set(
    resources.flatMap((resource) =>
      medicationReferences(resource).filter(
        (reference) =>
          /^(?:Medication|Substance)\/[A-Za-z0-9\-.]{1,64}$/.test(reference) &&
          !resolveReference(reference, resource, resources),
      ),
    ),
  );
  const read = await Promise.allSettled(
    [...missing].slice(0, MEDICATIONS_READ).map((reference) => client.read(reference, options)),
  );
  return read.flatMap((one) => (one.status === 'fulfilled' ? resourcesIn([one.value]) : []));
}

function medicationReferences(resource: ResourceLike): string[] {
  return [
    referenceIn(resource.medicationReference),
    referenceIn(objectIn(resource.medication)?.reference),
    ...objectsIn(resource.suspectEntity ?? []).map(({ instance }) => referenceIn(instance)),
  ].filter((reference) => reference !== undefined);
}
