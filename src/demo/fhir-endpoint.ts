import express, { type Request, type Response, Router } from 'express';
import type { Bundle, CapabilityStatement, FhirResource, OperationOutcome } from 'fhir/r4.js';
import {
  isSearchable,
  parameterNames,
  SEARCHABLE_TYPES,
  SearchError,
  search,
} from './fhir-search.ts';
import type { SamplePatient } from './load-sample-chart.ts';
import { sampleResources } from './sample-resources.ts';

const FHIR_JSON = 'application/fhir+json; charset=utf-8';

type IssueCode = 'not-found' | 'not-supported' | 'invalid';

/**
 * A small read-only FHIR R4 endpoint over the sample chart: metadata, read, and search with paging.
 * For the demo alone; the tests proper run against HAPI FHIR.
 *
 * https://hl7.org/fhir/R4/http.html
 */
export function sampleFhirEndpoint(chart: readonly SamplePatient[]): Router {
  const resources = chart.flatMap((patient) => sampleResources(patient));
  const byReference = new Map(
    resources.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]),
  );
  const router = Router();

  router.get('/metadata', (_request, response) => send(response, capabilityStatement()));

  router.get('/Binary/:id', (request, response) => {
    const binary = byReference.get(`Binary/${request.params.id}`);
    if (binary?.resourceType !== 'Binary') return notFound(response, `Binary/${request.params.id}`);
    // https://hl7.org/fhir/R4/binary.html#rest: the resource itself only where it is asked for.
    if (
      request.accepts(['application/octet-stream', 'application/fhir+json', 'json']) !==
      'application/octet-stream'
    ) {
      return send(response, binary);
    }
    response.set('Content-Type', binary.contentType);
    // `end`, as `send` would put its own charset in.
    response.end(Buffer.from(binary.data ?? '', 'base64'));
  });

  router.get('/:type', (request, response) => {
    answerSearch(resources, request, response, new URL(request.url, 'http://_').searchParams);
  });

  router.post(
    '/:type/_search',
    express.text({ type: 'application/x-www-form-urlencoded' }),
    (request, response) => {
      const query = new URLSearchParams(String(request.body ?? ''));
      answerSearch(resources, request, response, query);
    },
  );

  router.get('/:type/:id', (request, response) => {
    const reference = `${request.params.type}/${request.params.id}`;
    const resource = byReference.get(reference);
    if (!resource) return notFound(response, reference);
    send(response, resource);
  });

  router.use((request, response) => {
    outcome(
      response,
      405,
      'not-supported',
      `${request.method} is not supported: this FHIR endpoint is read only.`,
    );
  });
  return router;
}

function answerSearch(
  resources: readonly FhirResource[],
  request: Request,
  response: Response,
  query: URLSearchParams,
): void {
  const resourceType = String(request.params.type);
  if (!isSearchable(resourceType)) {
    const known = SEARCHABLE_TYPES.join(', ');
    const message = `unknown resource type "${resourceType}"; searchable are ${known}.`;
    outcome(response, 404, 'not-supported', message);
    return;
  }
  try {
    const page = search(resources, resourceType, query);
    const base = `${request.protocol}://${request.get('host')}${request.baseUrl}`;
    send(response, searchset(page, `${base}/${resourceType}`, base, query));
  } catch (error) {
    if (!(error instanceof SearchError)) throw error;
    outcome(response, 400, 'invalid', error.message);
  }
}

function searchset(
  page: ReturnType<typeof search>,
  url: string,
  base: string,
  query: URLSearchParams,
): Bundle {
  const next = new URLSearchParams(query);
  next.set('_offset', String(page.nextOffset));
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: page.total,
    link: [
      { relation: 'self', url: query.size > 0 ? `${url}?${query}` : url },
      ...(page.nextOffset === undefined ? [] : [{ relation: 'next', url: `${url}?${next}` }]),
    ],
    ...(page.matches.length > 0 && {
      entry: page.matches.map((resource) => ({
        fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
        resource,
        search: { mode: 'match' as const },
      })),
    }),
  };
}

function capabilityStatement(): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-11-26',
    kind: 'instance',
    software: { name: 'Vigilnote demo chart' },
    implementation: { description: 'Read-only FHIR endpoint over an invented chart' },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        resource: [
          ...SEARCHABLE_TYPES.map((type) => ({
            type,
            interaction: [{ code: 'read' as const }, { code: 'search-type' as const }],
            searchParam: parameterNames(type).map((name) => ({ name, type: searchType(name) })),
          })),
          { type: 'Binary', interaction: [{ code: 'read' as const }] },
        ],
      },
    ],
  };
}

function searchType(name: string): 'reference' | 'date' | 'string' | 'token' {
  if (name === 'patient' || name === 'subject') return 'reference';
  if (name === 'date') return 'date';
  return name === 'family' ? 'string' : 'token';
}

function send(response: Response, resource: FhirResource): void {
  response.set('Content-Type', FHIR_JSON);
  if ('meta' in resource && resource.meta?.versionId) {
    response.set('ETag', `W/"${resource.meta.versionId}"`);
  }
  response.end(JSON.stringify(resource));
}

function notFound(response: Response, reference: string): void {
  outcome(response, 404, 'not-found', `${reference} is not known.`);
}

function outcome(response: Response, status: number, code: IssueCode, diagnostics: string): void {
  const body: OperationOutcome = {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code, diagnostics }],
  };
  response.status(status);
  send(response, body);
}
