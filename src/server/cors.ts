import type { RequestHandler } from 'express';

/**
 * Cross-origin requests of browser-based CDS clients, by list.
 * https://cds-hooks.hl7.org/2.0/#cross-origin-resource-sharing
 *
 * @param origins allowed origins; `*` allows any; empty: the browser's own rules stand
 */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  const any = origins.includes('*');
  return (request, response, next) => {
    const origin = request.get('Origin');
    const allowed = origin !== undefined && (any || origins.includes(origin));
    if (origins.length > 0) response.vary('Origin');
    if (allowed) {
      response.set('Access-Control-Allow-Origin', any ? '*' : origin);
      response.set('Access-Control-Expose-Headers', 'X-Request-Id');
      // helmet confines resources to their own origin; here others are meant to read them.
      response.set('Cross-Origin-Resource-Policy', 'cross-origin');
    }
    // A preflight comes without a token and never reaches a service.
    if (request.method === 'OPTIONS' && request.get('Access-Control-Request-Method')) {
      if (allowed) {
        response.set('Access-Control-Allow-Methods', 'GET, POST, OPTIONS');
        response.set('Access-Control-Allow-Headers', 'Content-Type, Authorization');
        response.set('Access-Control-Max-Age', '600');
      }
      response.status(204).end();
      return;
    }
    next();
  };
}
