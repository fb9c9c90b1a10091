import { type AnyResource, fhirResourceSchema } from './coding.ts';

/**
 * What a prefetched value says.
 * https://cds-hooks.hl7.org/2.0/#providing-fhir-resources-to-a-cds-service
 */
export type Prefetched =
  /** The client did not fetch it: the service may. */
  | { readonly state: 'absent' }
  /** `null`: the client looked, there are no data; the service need not look again. */
  | { readonly state: 'none' }
  /** The client tried and got an error, or sent what is no resource: the service may try itself. */
  | { readonly state: 'failed'; readonly reason: string }
  | {
      readonly state: 'resources';
      readonly resources: readonly AnyResource[];
      /** The Bundle they came in, with a `next` link: there are more pages to be had. */
      readonly unfinished?: AnyResource;
    };

/** @param prefetch the request's `prefetch`, of unknown members */
export function readPrefetched(
  prefetch: Readonly<Record<string, unknown>> | undefined,
  key: string,
): Prefetched {
  if (!prefetch || !Object.hasOwn(prefetch, key) || prefetch[key] === undefined) {
    return { state: 'absent' };
  }
  if (prefetch[key] === null) return { state: 'none' };
  const resource = fhirResourceSchema.safeParse(prefetch[key]).data;
  if (!resource) return { state: 'failed', reason: 'is not a FHIR resource' };
  if (resource.resourceType === 'OperationOutcome') {
    return { state: 'failed', reason: 'is an OperationOutcome: the client could not fetch it' };
  }
  if (resource.resourceType !== 'Bundle') return { state: 'resources', resources: [resource] };
  if (resource.entry !== undefined && !Array.isArray(resource.entry)) {
    return { state: 'failed', reason: 'is a Bundle whose entry is not a list' };
  }
  const resources = bundleResources(resource);
  // A search set may hold an OperationOutcome with hints; one that holds nothing else is a failure.
  const found = resources.filter(({ resourceType }) => resourceType !== 'OperationOutcome');
  if (found.length === 0 && resources.length > 0) {
    return { state: 'failed', reason: 'is a Bundle with an OperationOutcome only' };
  }
  return {
    state: 'resources',
    resources: found,
    ...(nextLink(resource) !== undefined && { unfinished: resource }),
  };
}

/** The resources of a Bundle; entries without one are passed over. */
export function bundleResources(bundle: AnyResource): AnyResource[] {
  const entries: unknown[] = Array.isArray(bundle.entry) ? bundle.entry : [];
  return entries.flatMap((entry) => {
    const resource = isObject(entry)
      ? fhirResourceSchema.safeParse(entry.resource).data
      : undefined;
    return resource ? [resource] : [];
  });
}

/** The address of a Bundle's next page. https://hl7.org/fhir/R4/http.html#paging */
export function nextLink(bundle: AnyResource): string | undefined {
  const links: unknown[] = Array.isArray(bundle.link) ? bundle.link : [];
  const next = links.find((link) => isObject(link) && link.relation === 'next');
  return isObject(next) && typeof next.url === 'string' ? next.url : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
