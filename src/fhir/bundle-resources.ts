import type { Bundle, FhirResource } from 'fhir/r4.js';

export interface BundleResources<T extends FhirResource> {
  readonly resources: readonly T[];
  /** Entries that should have held such a resource and do not: no resource, no type, no id. */
  readonly broken: number;
}

/**
 * The resources of one type in a page of a search. Included resources of other types and
 * OperationOutcomes (`search.mode` outcome) are left out; a broken entry does not spoil the others.
 * https://hl7.org/fhir/R4/search.html#2.21.0.3
 */
export function bundleResources<T extends FhirResource>(
  bundle: Bundle,
  resourceType: T['resourceType'],
): BundleResources<T> {
  const entries: unknown = bundle.entry ?? [];
  if (!Array.isArray(entries)) return { resources: [], broken: 1 };
  const resources: T[] = [];
  let broken = 0;
  for (const entry of entries) {
    const resource: unknown = entry?.resource;
    const { resourceType: found, id } = (resource ?? {}) as {
      resourceType?: unknown;
      id?: unknown;
    };
    if (typeof found !== 'string') broken += 1;
    else if (found === resourceType) {
      if (typeof id === 'string' && id !== '') resources.push(resource as T);
      else broken += 1;
    }
  }
  return { resources, broken };
}
