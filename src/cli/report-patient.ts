import type { AdverseEvent, Bundle } from 'fhir/r4.js';
import type { ChartReader, UnreadableNote } from '../chart/chart.ts';
import type { Linker } from '../coding/coding.ts';
import type { FhirClient } from '../fhir/client.ts';
import { recordedReactionsOf } from '../fhir/recorded-adverse-events.ts';
import { type ReportSelection, selectReports } from '../fhir/report.ts';
import { type WriteOutcome, writeReports } from '../fhir/write-reports.ts';

export interface PatientReportRequest {
  readonly client: FhirClient;
  readonly chart: ChartReader;
  readonly linker: Linker;
  readonly patientId: string;
  /** Least confidence, 0–1. */
  readonly threshold: number;
  readonly dryRun: boolean;
  readonly now?: () => Date;
}

export interface PatientReport {
  readonly dryRun: boolean;
  readonly server: string;
  readonly threshold: number;
  readonly notesRead: number;
  readonly unreadable: readonly UnreadableNote[];
  readonly outcomes: readonly WriteOutcome[];
  readonly left: ReportSelection['left'];
  /** What a dry run would have sent. */
  readonly transactions: readonly Bundle[];
}

/**
 * Reads a patient's notes and writes what they affirm, or with `dryRun` finds out what would be
 * written: the server is read all the same, so that what is there already is told.
 *
 * @throws FhirError when the notes cannot be searched, or the AdverseEvents that people recorded
 * cannot be read: without them something could be recorded twice
 */
export async function reportPatient(request: PatientReportRequest): Promise<PatientReport> {
  const { client, chart, linker, patientId, threshold, dryRun } = request;
  const recorded = recordedReactionsOf(await adverseEventsOf(client, patientId), linker);
  const { notes, unreadable } = await chart.findings({ client, patientId });
  const { reports, left } = selectReports(
    notes.flatMap(({ findings }) => findings),
    { threshold, recorded },
  );
  const transactions: Bundle[] = [];
  const outcomes = await writeReports(
    dryRun ? withoutWriting(client, transactions) : client,
    reports,
    request.now ? { now: request.now } : {},
  );
  return {
    dryRun,
    server: client.baseUrl,
    threshold,
    notesRead: notes.length,
    unreadable,
    outcomes,
    left,
    transactions,
  };
}

async function adverseEventsOf(client: FhirClient, patientId: string): Promise<AdverseEvent[]> {
  const found: AdverseEvent[] = [];
  for await (const page of client.searchPages('AdverseEvent', {
    subject: `Patient/${patientId}`,
  })) {
    for (const { resource } of page.entry ?? []) {
      if (resource?.resourceType === 'AdverseEvent') found.push(resource as AdverseEvent);
    }
  }
  return found;
}

/** The same client, but transactions are kept here instead of being sent. */
function withoutWriting(client: FhirClient, kept: Bundle[]): FhirClient {
  return {
    baseUrl: client.baseUrl,
    searchPages: (...args) => client.searchPages(...args),
    followPages: (...args) => client.followPages(...args),
    read: (...args) => client.read(...args),
    readAttachment: (...args) => client.readAttachment(...args),
    validate: (resource) => client.validate(resource),
    transaction: async (bundle) => {
      kept.push(bundle);
      return { resourceType: 'Bundle', type: 'transaction-response' };
    },
  };
}
