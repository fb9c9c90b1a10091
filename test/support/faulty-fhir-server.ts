import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';
import type { Bundle, DocumentReference, FhirResource } from 'fhir/r4.js';

/** What a route does with one request. */
export type Behaviour = (request: Request, response: Response) => void;

export interface SeenRequest {
  readonly method: string;
  /** After the base URL, with the query: `DocumentReference?patient=1`. */
  readonly path: string;
  readonly headers: Request['headers'];
  readonly body: string;
}

export interface FaultyFhirServer {
  /** FHIR base URL, without a trailing slash. */
  readonly baseUrl: string;
  readonly requests: readonly SeenRequest[];
  /**
   * What requests whose path begins with `path` get: one behaviour, or several in turn, of which
   * the last one stays. The longest path that fits decides; others get 404.
   */
  on(path: string, ...behaviours: [Behaviour, ...Behaviour[]]): void;
  close(): Promise<void>;
}

/** A FHIR server that does what a test tells it to: mostly to fail. */
export async function startFaultyFhirServer(): Promise<FaultyFhirServer> {
  const routes = new Map<string, Behaviour[]>();
  const requests: SeenRequest[] = [];
  const application = express();
  application.use(express.text({ type: () => true, limit: '10mb' }));
  application.use((request, response) => {
    const path = request.originalUrl.replace(/^\/fhir\/?/, '');
    const body = typeof request.body === 'string' ? request.body : '';
    requests.push({ method: request.method, path, headers: request.headers, body });
    const route = [...routes.keys()]
      .filter((prefix) => path.startsWith(prefix))
      .sort((a, b) => b.length - a.length)[0];
    const behaviours = route === undefined ? [] : (routes.get(route) ?? []);
    const behaviour = behaviours.length > 1 ? behaviours.shift() : behaviours[0];
    (behaviour ?? status(404))(request, response);
  });
  const server = application.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    requests,
    on: (path, ...behaviours) => void routes.set(path, behaviours),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An address where nothing listens. */
export async function closedPort(): Promise<string> {
  const server = await startFaultyFhirServer();
  await server.close();
  return server.baseUrl;
}

export function json(body: unknown, code = 200): Behaviour {
  return (_, response) => {
    response.status(code).type('application/fhir+json').send(JSON.stringify(body));
  };
}

export function raw(contentType: string, bytes: Uint8Array): Behaviour {
  return (_, response) => {
    // Not by express, which would add a charset.
    response.writeHead(200, { 'Content-Type': contentType });
    response.end(bytes);
  };
}

/** An error status, with an OperationOutcome whose words hold what must not get into logs. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (request, response) => {
    response.set(headers);
    json(
      {
        resourceType: 'OperationOutcome',
        issue: [
          { severity: 'error', code: 'processing', diagnostics: `refused ${request.originalUrl}` },
        ],
      },
      code,
    )(request, response);
  };
}

export const unauthorized: Behaviour = status(401, { 'WWW-Authenticate': 'Bearer' });

/** @param retryAfter seconds, or an HTTP date */
export function rateLimited(retryAfter: string | number): Behaviour {
  return status(429, { 'Retry-After': String(retryAfter) });
}

/** Never answers. */
export const hang: Behaviour = () => {};

/** Closes the connection without an answer. */
export const hangUp: Behaviour = (request) => {
  request.socket.destroy();
};

export function slow(delayMs: number, behaviour: Behaviour): Behaviour {
  return (request, response) => {
    setTimeout(() => behaviour(request, response), delayMs);
  };
}

/** Half of the text of a resource, with an honest length: no JSON. */
export function half(body: unknown): Behaviour {
  return (_, response) => {
    const text = JSON.stringify(body);
    response
      .status(200)
      .type('application/fhir+json')
      .send(text.slice(0, text.length / 2));
  };
}

/** The connection breaks while the body comes. */
export function brokenOff(body: unknown): Behaviour {
  return (request, response) => {
    const text = JSON.stringify(body);
    response.writeHead(200, {
      'Content-Type': 'application/fhir+json',
      'Content-Length': Buffer.byteLength(text),
    });
    response.write(text.slice(0, text.length / 2), () => request.socket.destroy());
  };
}

export function redirect(url: string, code = 302): Behaviour {
  return (_, response) => {
    response.writeHead(code, { Location: url });
    response.end();
  };
}

export function html(code: number): Behaviour {
  return (_, response) => {
    response.status(code).type('text/html').send('<h1>Bad gateway</h1>');
  };
}

export function searchset(resources: readonly FhirResource[], next?: string): Bundle {
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(next !== undefined && { link: [{ relation: 'next', url: next }] }),
    entry: resources.map((resource) => ({ resource, search: { mode: 'match' } })),
  };
}

/** One page with everything that is wrong with bundles, around what is right in it. */
export function halfBrokenBundle(resources: readonly FhirResource[]): Bundle {
  const bundle = searchset(resources);
  const broken: unknown[] = [
    null,
    {},
    { resource: null },
    { resource: { id: 'without-type' } },
    { resource: { resourceType: 'DocumentReference', status: 'current' } },
    { resource: { resourceType: 'Patient', id: 'included' }, search: { mode: 'include' } },
    {
      resource: { resourceType: 'OperationOutcome', issue: [] },
      search: { mode: 'outcome' },
    },
  ];
  return { ...bundle, entry: [...broken, ...(bundle.entry ?? [])] as NonNullable<Bundle['entry']> };
}

/** A current document whose text is inline. */
export function documentOf(
  id: string,
  text: string | Uint8Array,
  changes: Partial<DocumentReference> = {},
  contentType = 'text/plain; charset=utf-8',
): DocumentReference {
  return {
    resourceType: 'DocumentReference',
    id,
    status: 'current',
    subject: { reference: 'Patient/p1' },
    content: [{ attachment: { contentType, data: Buffer.from(text).toString('base64') } }],
    ...changes,
  };
}

/** Documents that cannot be read, or only in part, by the fault that each has. */
export const FAULTY_DOCUMENTS = {
  wrongBase64: documentOf('wrong-base64', '', {
    content: [{ attachment: { contentType: 'text/plain', data: 'this is *not* base64!' } }],
  }),
  empty: documentOf('empty', ''),
  huge: documentOf('huge', 'Penicillin: rash. '.repeat(1_200_000)),
  unknownCharset: documentOf('unknown-charset', 'x', {}, 'text/plain; charset=ebcdic'),
  pdf: documentOf('pdf', '%PDF-1.7', {}, 'application/pdf'),
} as const satisfies Readonly<Record<string, DocumentReference>>;
