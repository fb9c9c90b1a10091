import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { vigilnoteServices } from '../../hooks/services.ts';
import { type BackgroundChartReader, createChartReader } from '../chart/chart-reader.ts';
import type { Linker } from '../coding/coding.ts';
import { openVocabulary } from '../coding/open.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { createExtractor, type JnrfExtractor } from '../extraction/extractor.ts';
import { searchDocuments } from '../fhir/documents.ts';
import { createFhirClient } from '../fhir/fhir-client.ts';
import { readNote } from '../fhir/read-note.ts';
import { createApplication } from './application.ts';
import type { Configuration } from './configuration.ts';
import { fhirAccess } from './fhir-access.ts';
import { keepFeedback } from './keep-feedback.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { safeError } from './safe-error.ts';

/** How long open calls may take to end when the service is closed. */
const DRAIN_MS = 5000;

/** A service that listens. */
export interface Vigilnote {
  /** Where it is reached: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** The execution provider that reads notes: `cpu`, `cuda`. */
  readonly provider: string;
  /** Takes no new call, lets open ones end, closes model and database. Twice is once. */
  close(): Promise<void>;
}

export interface StartOptions {
  readonly logger?: Logger;
  /** Further pages of the application: the demo's. */
  mount?(application: Express): void;
}

/**
 * Opens database, model and vocabulary and listens.
 * @throws Error naming the part that could not be opened; what was opened is closed again
 */
export async function startVigilnote(
  configuration: Configuration,
  options: StartOptions = {},
): Promise<Vigilnote> {
  const logger = options.logger ?? createLogger(configuration.logLevel);
  const onWarning: OnWarning = (what, error) =>
    logger.warn(error === undefined ? {} : { error: safeError(error) }, what);
  const parts = await openParts(configuration);
  const chart = chartReader(configuration, parts, onWarning);
  try {
    const application = assemble(
      configuration,
      { ...parts, chart },
      { logger, onWarning, ...options },
    );
    const server = await listen(application, configuration);
    const { provider, modelId } = parts.extractor;
    const url = urlOf(server);
    logger.info(
      {
        url,
        modelId,
        provider: provider.name,
        ...(provider.note && { providerNote: provider.note }),
        vocabulary: parts.linker.vocabularyVersion,
      },
      'listening',
    );
    if (configuration.fhirServers !== 'any' && configuration.fhirServers.length === 0) {
      logger.warn(
        'no FHIR server may be called, only prefetched data are used: set VIGILNOTE_FHIR_SERVERS',
      );
    }
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closed ??= endServer(server)
        .then(() => chart.close())
        .then(() => closeParts(parts));
      return closed;
    };
    return { url, provider: provider.name, close };
  } catch (error) {
    await closeParts(parts);
    throw error;
  }
}

interface Parts {
  readonly database: Database;
  readonly extractor: JnrfExtractor;
  readonly linker: Linker;
}

type OnWarning = (what: string, error: unknown) => void;

/** Opens the parts at the same time; when one fails, those that opened are closed. */
async function openParts(configuration: Configuration): Promise<Parts> {
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
    return { database: database.value, extractor: extractor.value, linker: linker.value };
  }
  if (database.status === 'fulfilled') await database.value.close();
  if (extractor.status === 'fulfilled') await extractor.value.close();
  throw [database, extractor, linker].find((part) => part.status === 'rejected')?.reason;
}

async function closeParts({ database, extractor }: Parts): Promise<void> {
  await extractor.close();
  await database.close();
}

/** Reads charts as the configuration says; what a search had to leave out is logged in numbers. */
function chartReader(
  { noteCategory, fhirTimeoutMs, workers }: Configuration,
  { database, extractor, linker }: Parts,
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

function assemble(
  configuration: Configuration,
  { database, extractor, linker, chart }: Parts & { readonly chart: BackgroundChartReader },
  {
    logger,
    onWarning,
    mount,
  }: StartOptions & { readonly logger: Logger; readonly onWarning: OnWarning },
): Express {
  const metrics = createMetrics({ process: true });
  const { noteCategory, publicUrl, corsOrigins, bodyLimitMb } = configuration;
  const services = vigilnoteServices({
    chart,
    linker,
    memory: database.feedback,
    openFhir: fhirAccess({
      servers: configuration.fhirServers,
      timeoutMs: configuration.fhirTimeoutMs,
      createClient: createFhirClient,
    }),
    threshold: configuration.threshold ?? extractor.manifest.thresholds.card,
    budgetMs: configuration.budgetMs,
    factsTimeoutMs: configuration.fhirTimeoutMs,
    ...(noteCategory !== undefined && { noteCategory }),
    ...(publicUrl !== undefined && { sourceUrl: publicUrl }),
    observe: (observation) => metrics.guidance(observation),
    onWarning,
  });
  return createApplication({
    services,
    onFeedback: async (serviceId, feedback) => {
      const receipt = await keepFeedback(database.feedback, serviceId, feedback);
      logger.info({ serviceId, ...receipt }, 'feedback');
    },
    health: async () => ({
      status: (await answers(database)) ? 'ok' : 'failing',
      model: extractor.modelId,
      provider: extractor.provider.name,
      vocabulary: linker.vocabularyVersion,
    }),
    metrics,
    logger,
    corsOrigins,
    bodyLimitMb,
    ...(mount && { mount }),
  });
}

/** Whether the database answers. */
async function answers(database: Database): Promise<boolean> {
  return database.ping().then(
    () => true,
    () => false,
  );
}

/** @throws Error naming the address when it cannot be listened on */
async function listen(application: Express, { port, host }: Configuration): Promise<Server> {
  const server = application.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'another process listens there' : String(code);
    throw new Error(
      `cannot listen on ${host}, port ${port}: ${reason}; VIGILNOTE_PORT and VIGILNOTE_HOST name another`,
      { cause: error },
    );
  }
  return server;
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function endServer(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await ended;
  clearTimeout(timer);
}
