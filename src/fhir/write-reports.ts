import { isDeepStrictEqual } from 'node:util';
import type {
  AdverseEvent,
  Bundle,
  BundleEntry,
  Device,
  FhirResource,
  OperationOutcome,
  Provenance,
} from 'fhir/r4.js';
import { buildAdverseEvent } from './adverse-event.ts';
import type { FhirClient } from './client.ts';
import { CONTENT_DIGEST_EXTENSION, isAiAsserted } from './codes.ts';
import { contentDigest, contentOf } from './content.ts';
import { buildDevice } from './device.ts';
import { buildProvenance, provenanceId } from './provenance.ts';
import type { AdverseEventReport } from './report.ts';

export type WriteOutcome =
  | { readonly report: AdverseEventReport; readonly result: 'created' | 'updated' | 'unchanged' }
  /** A person has accepted or changed it (`reviewed`) or deleted it (`withdrawn`): it is left alone. */
  | { readonly report: AdverseEventReport; readonly result: 'reviewed' | 'withdrawn' }
  | {
      readonly report: AdverseEventReport;
      readonly result: 'refused';
      readonly status?: number;
      readonly message: string;
      readonly operationOutcome?: OperationOutcome;
    };

/** Another writer may come between reading and writing; then what it wrote is read once more. */
const ATTEMPTS = 3;
const CONFLICTS: readonly (number | undefined)[] = [409, 412];

interface Written {
  readonly adverseEvent: AdverseEvent;
  readonly provenance?: Provenance;
}

/**
 * The transaction of one report: its AdverseEvent, the Provenance and the model's Device, each by
 * PUT to its deterministic id, so that running it twice gives one of each.
 *
 * @param recorded instant of the writing, ISO 8601
 * @param existing what an earlier run wrote: its instants are kept, and it must be unchanged since
 */
export function buildReportTransaction(
  report: AdverseEventReport,
  recorded: string,
  existing?: Written,
): Bundle {
  const { adverseEvent, provenance } = resourcesOf(report, recorded, existing);
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      put(buildDevice(report.findings[0].modelId)),
      put(adverseEvent, existing?.adverseEvent),
      put(provenance, existing?.provenance),
    ],
  };
}

function resourcesOf(
  report: AdverseEventReport,
  recorded: string,
  existing?: Written,
): Required<Written> {
  const first = existing?.adverseEvent.recordedDate ?? recorded;
  const adverseEvent = buildAdverseEvent(report, first);
  return {
    adverseEvent,
    provenance: buildProvenance(report, adverseEvent, existing?.provenance?.recorded ?? recorded),
  };
}

function put(
  resource: AdverseEvent | Device | Provenance,
  existing?: AdverseEvent | Provenance,
): BundleEntry {
  const version = existing?.meta?.versionId;
  return {
    resource,
    request: {
      method: 'PUT',
      url: `${resource.resourceType}/${resource.id}`,
      ...(version && { ifMatch: `W/"${version}"` }),
    },
  };
}

/**
 * Writes reports, each in a transaction of its own, so that one that is refused keeps no other
 * back. What a person has touched since an earlier run is left as it is.
 *
 * @returns an outcome for every report, in order; a refusal is an outcome, not an error
 */
export async function writeReports(
  client: FhirClient,
  reports: readonly AdverseEventReport[],
  options: { readonly now?: () => Date } = {},
): Promise<WriteOutcome[]> {
  const recorded = (options.now?.() ?? new Date()).toISOString();
  const outcomes: WriteOutcome[] = [];
  for (const report of reports) outcomes.push(await writeReport(client, report, recorded));
  return outcomes;
}

async function writeReport(
  client: FhirClient,
  report: AdverseEventReport,
  recorded: string,
): Promise<WriteOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      const existing = await readWritten(client, report);
      if (existing === 'withdrawn') return { report, result: 'withdrawn' };
      if (existing && isTouched(existing)) return { report, result: 'reviewed' };
      if (existing && saysTheSame(existing, resourcesOf(report, recorded, existing))) {
        return { report, result: 'unchanged' };
      }
      await client.transaction(buildReportTransaction(report, recorded, existing));
      return { report, result: existing ? 'updated' : 'created' };
    } catch (error) {
      if (CONFLICTS.includes(statusOf(error)) && attempt < ATTEMPTS) continue;
      return refused(report, error);
    }
  }
}

async function readWritten(
  client: FhirClient,
  report: AdverseEventReport,
): Promise<Written | 'withdrawn' | undefined> {
  const adverseEvent = await readIfThere(client, `AdverseEvent/${report.id}`);
  if (adverseEvent === 'deleted') return 'withdrawn';
  if (adverseEvent?.resourceType !== 'AdverseEvent') return undefined;
  const provenance = await readIfThere(client, `Provenance/${provenanceId(report)}`);
  return {
    adverseEvent,
    ...(provenance !== 'deleted' && provenance?.resourceType === 'Provenance' && { provenance }),
  };
}

async function readIfThere(
  client: FhirClient,
  reference: string,
): Promise<FhirResource | 'deleted' | undefined> {
  try {
    return await client.read(reference);
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    if (statusOf(error) === 410) return 'deleted';
    throw error;
  }
}

/**
 * Whether somebody else accepted or changed it since it was written. Some servers keep a security
 * label that an update leaves out, so its content is compared too.
 */
function isTouched({ adverseEvent, provenance }: Written): boolean {
  if (!isAiAsserted(adverseEvent)) return true;
  const written = provenance?.extension?.find(({ url }) => url === CONTENT_DIGEST_EXTENSION);
  return written !== undefined && written.valueString !== contentDigest(adverseEvent);
}

/** Equal but for what the server adds. */
function saysTheSame(existing: Written, next: Required<Written>): boolean {
  return (
    isDeepStrictEqual(contentOf(existing.adverseEvent), contentOf(next.adverseEvent)) &&
    existing.provenance !== undefined &&
    isDeepStrictEqual(contentOf(existing.provenance), contentOf(next.provenance))
  );
}

function refused(report: AdverseEventReport, error: unknown): WriteOutcome {
  const status = statusOf(error);
  const operationOutcome = operationOutcomeOf(error);
  return {
    report,
    result: 'refused',
    ...(status !== undefined && { status }),
    message: error instanceof Error ? error.message : String(error),
    ...(operationOutcome && { operationOutcome }),
  };
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined;
}

function operationOutcomeOf(error: unknown): OperationOutcome | undefined {
  if (!(error instanceof Error) || !('operationOutcome' in error)) return undefined;
  return error.operationOutcome as OperationOutcome | undefined;
}
