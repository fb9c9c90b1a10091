import { type BackgroundChartReader, createChartReader } from '../chart/chart-reader.ts';
import type { Linker } from '../coding/coding.ts';
import { openVocabulary } from '../coding/open.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { createExtractor, type JnrfExtractor } from '../extraction/extractor.ts';
import { searchDocuments } from '../fhir/documents.ts';
import { readNote } from '../fhir/read-note.ts';
import type { Configuration } from './configuration.ts';

/** What a service holds open. */
export interface Parts {
  readonly database: Database;
  readonly extractor: JnrfExtractor;
  readonly linker: Linker;
  readonly chart: BackgroundChartReader;
}

export type OnWarning = (what: string, error: unknown) => void;

/**
 * Opens database, model and vocabulary at the same time.
 * @throws Error of the first that could not be opened; those that did are closed again
 */
export async function openParts(
  configuration: Configuration,
  onWarning: OnWarning,
): Promise<Parts> {
  const [database, extractor, linker] = await Promise.allSettled([
    openDatabase({ location: configuration.database }),
    createExtractor({
      modelDirectory: configuration.modelDirectory,
      provider: configuration.provider,
      workers: configuration.workers,
    }),
    openVocabulary(configuration.vocabularyDirectory),
  ]);
  if (
    database.status === 'fulfilled' &&
    extractor.status === 'fulfilled' &&
    linker.status === 'fulfilled'
  ) {
    const opened = {
      database: database.value,
      extractor: extractor.value,
      linker: linker.value,
    };
    return { ...opened, chart: chartReader(configuration, opened, onWarning) };
  }
  if (database.status === 'fulfilled') await database.value.close();
  if (extractor.status === 'fulfilled') await extractor.value.close();
  throw [database, extractor, linker].find((part) => part.status === 'rejected')?.reason;
}

/** Ends what is being read in the background, then closes. */
export async function closeParts({ chart, database, extractor }: Parts): Promise<void> {
  await chart.close();
  await extractor.close();
  await database.close();
}

/** Reads charts as the configuration says; what a search had to leave out is logged in numbers. */
function chartReader(
  { noteCategory, fhirTimeoutMs, workers }: Configuration,
  { database, extractor, linker }: Omit<Parts, 'chart'>,
  onWarning: OnWarning,
): BackgroundChartReader {
  return createChartReader({
    extractor,
    linker,
    store: database.findings,
    searchDocuments: async (client, patientId) => {
      const { documents, problems } = await searchDocuments(client, {
        patientId,
        ...(noteCategory !== undefined && { categories: [noteCategory] }),
        // For all pages and retries: somebody waits.
        signal: AbortSignal.timeout(fhirTimeoutMs),
      });
      if (problems.brokenEntries > 0) {
        onWarning(
          `a search brought ${problems.brokenEntries} entries that are no documents`,
          undefined,
        );
      }
      return documents;
    },
    readNote,
    // One more than the model reads at once, so that it does not wait for a server.
    concurrency: Math.max(4, workers * 2),
    onWarning,
  });
}
