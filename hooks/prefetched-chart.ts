import type { Bundle, DocumentReference } from 'fhir/r4.js';
import type { AnyResource } from '../src/cds-hooks/coding.ts';
import { preconditionFailed } from '../src/cds-hooks/error.ts';
import { bundleResources, readPrefetched } from '../src/cds-hooks/prefetch.ts';
import type { FhirClient } from '../src/fhir/client.ts';
import { currentDocuments } from '../src/fhir/current-documents.ts';
import type { NoFhirAccess } from './dependencies.ts';
import { shapeError } from './fhir-shapes.ts';

/** Where a hook call's data come from: what was prefetched, and the server behind it. */
export interface DataSource {
  readonly prefetch: Readonly<Record<string, unknown>> | undefined;
  readonly fhir: FhirClient | NoFhirAccess;
  readonly patientId: string;
  readonly signal: AbortSignal;
}

export interface PrefetchedDocuments {
  /** Absent: none were prefetched, the chart reader searches for them. */
  readonly documents?: readonly DocumentReference[];
  /** Documents that are not as FHIR has them, or pages that could not be had. */
  readonly unreadable: number;
}

/**
 * The documents that were prefetched, with their further pages.
 * @throws CdsHooksError 412 when there are none and no server to ask
 */
export async function prefetchedDocuments(source: DataSource): Promise<PrefetchedDocuments> {
  const prefetched = readPrefetched(source.prefetch, 'documents');
  switch (prefetched.state) {
    case 'none':
      return { documents: [], unreadable: 0 };
    case 'resources': {
      const further = prefetched.unfinished
        ? await furtherPages(source, prefetched.unfinished)
        : { resources: [], complete: true };
      const documents = [...prefetched.resources, ...further.resources].filter(
        ({ resourceType }) => resourceType === 'DocumentReference',
      );
      const sound = documents.filter((document) => shapeError(document) === undefined);
      const current = currentDocuments(sound as unknown as DocumentReference[], {
        patientId: source.patientId,
      });
      return {
        documents: current.documents,
        unreadable: documents.length - sound.length + (further.complete ? 0 : 1),
      };
    }
    default:
      if (!('issue' in source.fhir)) return { unreadable: 0 };
      throw preconditionFailed([
        {
          code: 'incomplete',
          expression: 'prefetch.documents',
          diagnostics:
            prefetched.state === 'failed'
              ? `${prefetched.reason}; the patient's documents are needed`
              : "is not there; the patient's documents are needed, in prefetch or by fhirServer",
        },
        source.fhir.issue,
      ]);
  }
}

/**
 * Resources of one type, prefetched under `key` or else searched for.
 * @returns undefined when they can be had neither way
 */
export async function prefetchedOrSearched(
  source: DataSource,
  key: string,
  search: (client: FhirClient) => AsyncIterable<Bundle>,
  onError: (error: unknown) => void,
): Promise<readonly AnyResource[] | undefined> {
  const prefetched = readPrefetched(source.prefetch, key);
  if (prefetched.state === 'none') return [];
  if (prefetched.state === 'resources') {
    const further = prefetched.unfinished
      ? await furtherPages(source, prefetched.unfinished)
      : { resources: [], complete: true };
    if (further.complete) return sound([...prefetched.resources, ...further.resources], source);
  }
  if ('issue' in source.fhir) return undefined;
  try {
    const resources: AnyResource[] = [];
    for await (const page of search(source.fhir)) resources.push(...bundleResources({ ...page }));
    return sound(resources, source);
  } catch (error) {
    onError(error);
    return undefined;
  }
}

/** Pages on from a prefetched Bundle with the request's token; the client keeps to its origin. */
async function furtherPages(
  { fhir }: DataSource,
  first: AnyResource,
): Promise<{ resources: AnyResource[]; complete: boolean }> {
  const resources: AnyResource[] = [];
  if ('issue' in fhir) return { resources, complete: false };
  try {
    for await (const page of fhir.followPages(first as unknown as Bundle)) {
      resources.push(...bundleResources({ ...page }));
    }
    return { resources, complete: true };
  } catch {
    return { resources, complete: false };
  }
}

function sound(resources: readonly AnyResource[], { patientId }: DataSource): AnyResource[] {
  return ofPatient(resources, patientId).filter((resource) => shapeError(resource) === undefined);
}

/** What names another patient is left out, whoever sent it. */
function ofPatient(resources: readonly AnyResource[], patientId: string): AnyResource[] {
  const own = new RegExp(`(?:^|/)Patient/${patientId.replaceAll('.', '\\.')}(?:/_history/.*)?$`);
  return resources.filter((resource) => {
    const named = (resource.subject ?? resource.patient) as { reference?: unknown } | undefined;
    return typeof named?.reference !== 'string' || own.test(named.reference);
  });
}
