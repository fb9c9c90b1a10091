import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { CdsHooksError, type IssueCode } from '../cds-hooks/error.ts';
import type { CardFeedback } from '../cds-hooks/feedback.ts';
import { type CdsService, createCdsHooksRouter } from '../cds-hooks/router.ts';
import { allowOrigins } from './cors.ts';
import type { Metrics } from './metrics.ts';
import { logRequests } from './request-log.ts';
import { safeError } from './safe-error.ts';

/** What `/health` tells: whether the parts that a call needs are there. No patient data, no addresses. */
export interface Health {
  readonly status: 'ok' | 'failing';
  readonly [part: string]: string | number | boolean;
}

export interface ApplicationDependencies {
  readonly services: readonly CdsService[];
  onFeedback(serviceId: string, feedback: readonly CardFeedback[]): Promise<void>;
  health(): Promise<Health>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly corsOrigins?: readonly string[];
  /** Largest request body, MiB. */
  readonly bodyLimitMb?: number;
  /** Further pages, before everything else is answered 404: the demo's. */
  mount?(application: Express): void;
}

/** The HTTP application, not yet listening. */
export function createApplication(dependencies: ApplicationDependencies): Express {
  const { logger, metrics } = dependencies;
  const application = express();
  application.disable('x-powered-by');
  application.disable('etag');
  application.use(logRequests(logger, metrics));
  application.use(helmet());
  application.use(allowOrigins(dependencies.corsOrigins ?? []));
  application.get('/health', async (_request, response) => {
    const health = await dependencies.health();
    response.set('Cache-Control', 'no-store');
    response.status(health.status === 'ok' ? 200 : 503).json(health);
  });
  application.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  application.use(
    createCdsHooksRouter({
      services: dependencies.services,
      onFeedback: async (serviceId, feedback) => {
        await dependencies.onFeedback(serviceId, feedback);
        for (const { outcome } of feedback) metrics.feedback({ outcome });
      },
      bodyLimit: `${dependencies.bodyLimitMb ?? 32}mb`,
      onError: (error, response) =>
        logger.error(
          { requestId: response.locals.requestId, error: safeError(error) },
          'a hook call failed',
        ),
    }),
  );
  dependencies.mount?.(application);
  application.use(notFound);
  application.use(failed(logger));
  return application;
}

const notFound: RequestHandler = (_request, response) => {
  answer(response, 404, 'not-found', 'there is nothing at this address; see /cds-services');
};

function failed(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const { status } = error as { status?: unknown };
    if (typeof status === 'number' && status >= 400 && status < 500) {
      return answer(response, status, 'structure', 'the request could not be read');
    }
    logger.error(
      { requestId: response.locals.requestId, error: safeError(error) },
      'a request failed',
    );
    answer(response, 500, 'exception', 'the service failed; its log holds the reason');
  };
}

function answer(
  response: Parameters<RequestHandler>[1],
  status: number,
  code: IssueCode,
  diagnostics: string,
): void {
  const outcome = new CdsHooksError(status, [{ code, diagnostics }]).toOperationOutcome();
  response.status(status).type('application/fhir+json').send(JSON.stringify(outcome));
}
