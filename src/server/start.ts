import type { Express } from 'express';
import type { Logger } from 'pino';
import { vigilnoteServices } from '../../hooks/services.ts';
import type { Database } from '../database/database.ts';
import { createFhirClient } from '../fhir/fhir-client.ts';
import { createApplication } from './application.ts';
import type { Configuration } from './configuration.ts';
import { fhirAccess } from './fhir-access.ts';
import { keepFeedback } from './keep-feedback.ts';
import { endServer, listen, urlOf } from './listen.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { closeParts, type OnWarning, openParts, type Parts } from './parts.ts';
import { safeError } from './safe-error.ts';

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
  const parts = await openParts(configuration, onWarning);
  try {
    const application = assemble(configuration, parts, { logger, onWarning, ...options });
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
      closed ??= endServer(server).then(() => closeParts(parts));
      return closed;
    };
    return { url, provider: provider.name, close };
  } catch (error) {
    await closeParts(parts);
    throw error;
  }
}

function assemble(
  configuration: Configuration,
  { database, extractor, linker, chart }: Parts,
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
