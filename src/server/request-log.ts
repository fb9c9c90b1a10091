import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';

/**
 * Logs each request when it is answered: route, status, time and nothing that came from the client.
 * No address (a query or path may hold an id), no header (a token), no body. The request id is ours
 * and goes back in `X-Request-Id`, so that a report of an error can be found in the log.
 */
export function logRequests(logger: Logger, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const requestId = randomUUID();
    response.set('X-Request-Id', requestId);
    response.locals.requestId = requestId;
    response.once('close', () => {
      const durationMs = performance.now() - startedAt;
      const route = routeOf(request.baseUrl, request.route as unknown);
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.request({ method: knownMethod(request.method), route, status, durationMs });
      const hook: unknown = response.locals.hook;
      logger[status >= 500 ? 'error' : 'info'](
        {
          requestId,
          method: knownMethod(request.method),
          route,
          ...(typeof hook === 'string' && { hook }),
          status,
          durationMs: Math.round(durationMs * 10) / 10,
        },
        'request',
      );
    });
    next();
  };
}

/** The pattern that matched, never the path: `/cds-services/:id`. */
function routeOf(baseUrl: string, route: unknown): string {
  const path =
    typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined;
  return typeof path === 'string'
    ? `${/^(\/[a-z-]+)*$/.test(baseUrl) ? baseUrl : ''}${path}`
    : 'other';
}

function knownMethod(method: string): string {
  return ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'].includes(method)
    ? method
    : 'other';
}
