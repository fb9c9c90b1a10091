import type { DocumentReference } from 'fhir/r4.js';
import type { Linker } from '../coding/coding.ts';
import type { FindingsStore, ReadingKey } from '../database/findings-store.ts';
import type { Extractor } from '../extraction/extraction.ts';
import type { FhirClient } from '../fhir/client.ts';
import { readNote } from '../fhir/read-note.ts';
import type { ChartFindings, ChartReader, ChartRequest } from './chart.ts';
import { documentVersion } from './document-version.ts';
import { documentsToRead } from './documents-to-read.ts';
import { Flights, Run } from './flights.ts';
import type { Outcome, ReadNote } from './reading.ts';

export interface ChartReaderOptions {
  readonly extractor: Pick<Extractor, 'modelId' | 'extract'>;
  readonly linker: Linker;
  /** Where findings are kept; absent: nowhere, every call reads everything. */
  readonly store?: FindingsStore;
  /** Value of the search parameter `category`; absent: documents of every category. */
  readonly noteCategory?: string | undefined;
  /** The patient's current documents; default: `searchDocuments` of src/fhir. */
  searchDocuments?(client: FhirClient, patientId: string): Promise<readonly DocumentReference[]>;
  /** Default: `readNote` of src/fhir. */
  readonly readNote?: ReadNote;
  /** Documents of a chart that are read, the newest; default 1,000. */
  readonly maximumDocuments?: number;
  /** Documents that are read at once, over all calls; default 4. */
  readonly concurrency?: number;
  /**
   * How long the notes of a call are read on after its budget ended, and so how long its token is held at
   * most, milliseconds; default 60,000.
   */
  readonly backgroundMs?: number;
  /** Told of what went wrong without costing the answer, in words that hold no patient data. */
  onWarning?(what: string, error: unknown): void;
}

/** A chart reader that goes on reading between calls. */
export interface BackgroundChartReader extends ChartReader {
  /** Resolves when nothing is being read. */
  idle(): Promise<void>;
  /** Drops what waits, ends what is being read, takes no further call. */
  close(): Promise<void>;
}

/** For a reading that nothing is kept of. */
const KEEPS_NOTHING: FindingsStore = {
  find: async (keys) => keys.map(() => undefined),
  keep: async () => undefined,
  erasePatient: async () => 0,
};

const CONCURRENCY = 4;
const BACKGROUND_MS = 60_000;

/**
 * Reads charts: looks up what is known of each document's version, reads what is new, and answers when all
 * is read or the budget has ended.
 *
 * What is not read by then goes on in the background with the call's own client, for `backgroundMs`
 * at most; then it is dropped and the token with it, and the next call goes on where this one was.
 * Calls that somebody waits for go before background reading; one document version is read once,
 * however many calls ask for it at the same time.
 *
 * The search for documents is waited for beyond the budget: without it there is nothing to answer; the
 * client's own time limits end it.
 */
export function createChartReader(options: ChartReaderOptions): BackgroundChartReader {
  const store = options.store ?? KEEPS_NOTHING;
  const flights = new Flights(
    { ...options, store, readNote: options.readNote ?? readNote },
    options.concurrency ?? CONCURRENCY,
  );
  const runs = new Set<Run>();
  let closed = false;

  return {
    async findings(request) {
      if (closed) throw new Error('the chart reader is closed');
      const startedAt = performance.now();
      const documents = await documentsToRead(options, request);
      const entries = documents.map((document) => ({
        document,
        key: keyOf(options, request, document),
      }));
      const outcomes = await lookUp(
        store,
        entries.map(({ key }) => key),
        options.onWarning,
      );
      const run = new Run(request.client, request.patientId);
      runs.add(run);
      const reading = entries.map(async ({ document, key }, index) => {
        outcomes[index] ??= await flights.read(run, document, key);
      });
      const done = Promise.all(reading).then(() => {
        run.end();
        runs.delete(run);
      });
      await withinBudget(done, request.budgetMs, startedAt);
      const answer = answerOf(
        entries.map(({ key }) => key.reference),
        outcomes,
      );
      run.toBackground(options.backgroundMs ?? BACKGROUND_MS);
      return answer;
    },

    idle: () => flights.idle(),

    async close() {
      closed = true;
      for (const run of runs) run.end();
      await flights.idle();
    },
  };
}

function keyOf(
  { extractor, linker }: ChartReaderOptions,
  { client }: ChartRequest,
  document: DocumentReference,
): ReadingKey {
  return {
    server: client.baseUrl,
    ...documentVersion(document),
    modelId: extractor.modelId,
    vocabularyVersion: linker.vocabularyVersion,
  };
}

/** What is kept; nothing where the database fails, since everything can be read anew. */
async function lookUp(
  store: FindingsStore,
  keys: readonly ReadingKey[],
  onWarning: ChartReaderOptions['onWarning'],
): Promise<(Outcome | undefined)[]> {
  try {
    const kept = await store.find(keys);
    return kept.map((reading) =>
      reading?.state === 'unreadable' ? { ...reading, permanent: true } : reading,
    );
  } catch (error) {
    onWarning?.('earlier findings could not be looked up', error);
    return keys.map(() => undefined);
  }
}

async function withinBudget(
  done: Promise<void>,
  budgetMs: number | undefined,
  startedAt: number,
): Promise<void> {
  if (budgetMs === undefined) return done;
  const leftMs = Math.max(0, budgetMs - (performance.now() - startedAt));
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, leftMs);
  });
  await Promise.race([done, ended]);
  clearTimeout(timer);
}

function answerOf(
  references: readonly string[],
  outcomes: readonly (Outcome | undefined)[],
): ChartFindings {
  return {
    notes: outcomes.flatMap((outcome) => (outcome?.state === 'read' ? [outcome.findings] : [])),
    unreadable: outcomes.flatMap((outcome, index) =>
      outcome?.state === 'unreadable'
        ? [{ reference: references[index] ?? '', reason: outcome.reason }]
        : [],
    ),
    pendingDocuments: references.filter((_, index) => isPending(outcomes[index])).length,
    totalDocuments: references.length,
  };
}

function isPending(outcome: Outcome | undefined): boolean {
  return outcome === undefined || outcome.state === 'abandoned';
}
