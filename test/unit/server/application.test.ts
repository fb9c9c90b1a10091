import { Writable } from 'node:stream';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Express } from 'express';
import supertest from 'supertest';
import type { CdsService } from '../../../src/cds-hooks/router.ts';
import {
  type ApplicationDependencies,
  createApplication,
} from '../../../src/server/application.ts';
import { createLogger } from '../../../src/server/logger.ts';
import { createMetrics } from '../../../src/server/metrics.ts';
import { orderSignRequest, patientViewRequest } from '../cds-hooks/requests.ts';

/** Invented names, ids and tokens that must appear in no log line and no metric. */
const PRIVATE = {
  patientId: 'pt-7f3a-zielinska',
  userId: 'Practitioner/dr-kowalczyk',
  token: 'eyJhbGciOi.secret.token',
  note: 'Barbara Zielinska developed hives',
  server: 'http://127.0.0.1:9/fhir-zielinska',
};

let log: string[] = [];
const destination = new Writable({
  write: (chunk, _encoding, done) => {
    log.push(String(chunk));
    done();
  },
});
beforeEach(() => {
  log = [];
});

const failing: CdsService<'order-sign'> = {
  definition: { hook: 'order-sign', id: 'failing', description: 'Fails as libraries do' },
  call: async (request) => {
    // JSON.parse quotes what it parses.
    JSON.parse(`{"name": ${PRIVATE.note}, "of": "${request.context.patientId}"}`);
    return { cards: [] };
  },
};
const quiet: CdsService<'patient-view'> = {
  definition: { hook: 'patient-view', id: 'quiet', description: 'Has nothing to say' },
  call: async () => ({ cards: [] }),
};

function application(changes: Partial<ApplicationDependencies> = {}): Express {
  return createApplication({
    services: [quiet, failing as unknown as CdsService],
    onFeedback: async () => undefined,
    health: async () => ({ status: 'ok', model: 'jnrf-test' }),
    metrics: createMetrics(),
    logger: createLogger('trace', destination),
    ...changes,
  });
}

function privateRequest(of: (changes: object) => Record<string, unknown>): Record<string, unknown> {
  const plain = of({});
  return {
    ...plain,
    context: {
      ...(plain.context as object),
      patientId: PRIVATE.patientId,
      userId: PRIVATE.userId,
    },
    fhirServer: PRIVATE.server,
    fhirAuthorization: {
      access_token: PRIVATE.token,
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'patient/*.rs',
      subject: 'vigilnote',
    },
    prefetch: { documents: { resourceType: 'Bundle', entry: [], note: PRIVATE.note } },
  };
}

test('no log line and no metric holds what came in a request, whatever became of it', async () => {
  const metrics = createMetrics();
  const agent = supertest(application({ metrics }));
  await agent.post('/cds-services/quiet').send(privateRequest(patientViewRequest)).expect(200);
  await agent.post('/cds-services/failing').send(privateRequest(orderSignRequest)).expect(500);
  await agent.post('/cds-services/quiet').send(privateRequest(orderSignRequest)).expect(400);
  await agent
    .post('/cds-services/quiet')
    .set('Content-Type', 'application/json')
    .send(`{"name": ${PRIVATE.note}`)
    .expect(400);
  await agent.get(`/Patient/${PRIVATE.patientId}?name=${PRIVATE.note}`).expect(404);
  await agent
    .post(`/cds-services/${PRIVATE.patientId}`)
    .set('Authorization', `Bearer ${PRIVATE.token}`)
    .set('X-Request-Id', PRIVATE.patientId)
    .send({})
    .expect(404);
  await agent
    .post('/cds-services/quiet/feedback')
    .send({ feedback: [{ card: PRIVATE.note }] })
    .expect(400);
  const written = log.join('') + (await metrics.registry.metrics());
  for (const value of Object.values(PRIVATE)) expect(written).not.toContain(value);
  expect(written).not.toMatch(/zielinska|kowalczyk|secret|hives/i);
  // There is something in it all the same.
  const lines = log.map((line) => JSON.parse(line));
  expect(lines.filter(({ msg }) => msg === 'request')).toHaveLength(7);
  const failed = lines.find(({ msg }) => msg === 'a hook call failed');
  expect(failed.error.name).toBe('SyntaxError');
  expect(failed.error.frames.join()).toContain('application.test.ts');
  expect(lines.find(({ status }) => status === 500)).toMatchObject({
    level: 50,
    requestId: failed.requestId,
    method: 'POST',
    route: '/cds-services/:id',
    hook: 'order-sign',
  });
  expect(lines.map(({ route }) => route).filter(Boolean)).toContain('other');
});

test('an error can be found in the log by the id of its answer', async () => {
  const response = await supertest(application())
    .post('/cds-services/failing')
    .send(orderSignRequest())
    .expect(500);
  const lines = log.map((line) => JSON.parse(line));
  expect(lines.map(({ requestId }) => requestId)).toEqual(
    Array(2).fill(response.headers['x-request-id']),
  );
});

describe('health', () => {
  test('says what is there', async () => {
    const response = await supertest(application()).get('/health').expect(200);
    expect(response.body).toEqual({ status: 'ok', model: 'jnrf-test' });
  });
  test('is 503 when a part is not', async () => {
    const health = async () => ({ status: 'failing' as const, database: 'closed' });
    await supertest(application({ health })).get('/health').expect(503);
  });
});

test('metrics count requests by route and status', async () => {
  const agent = supertest(application());
  await agent.post('/cds-services/quiet').send(patientViewRequest()).expect(200);
  const { text } = await agent.get('/metrics').expect(200);
  expect(text).toContain(
    'vigilnote_http_request_duration_seconds_count{method="POST",route="/cds-services/:id",status="200"} 1',
  );
});

test('feedback is counted by outcome', async () => {
  const agent = supertest(application());
  const feedback = [{ card: 'c', outcome: 'overridden', outcomeTimestamp: '2026-11-20T11:22:33Z' }];
  await agent.post('/cds-services/quiet/feedback').send({ feedback }).expect(200);
  const { text } = await agent.get('/metrics');
  expect(text).toContain('vigilnote_feedback_total{outcome="overridden"} 1');
});

describe('cross-origin requests', () => {
  const origin = 'https://sandbox.cds-hooks.org';
  test('no origin is allowed unless it is listed', async () => {
    const response = await supertest(application()).get('/cds-services').set('Origin', origin);
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
  });
  test('a listed one is, preflight included, and others are not', async () => {
    const agent = supertest(application({ corsOrigins: [origin] }));
    const preflight = await agent
      .options('/cds-services/quiet')
      .set('Origin', origin)
      .set('Access-Control-Request-Method', 'POST')
      .expect(204);
    expect(preflight.headers['access-control-allow-origin']).toBe(origin);
    expect(preflight.headers['access-control-allow-headers']).toBe('Content-Type, Authorization');
    const call = await agent
      .post('/cds-services/quiet')
      .set('Origin', origin)
      .send(patientViewRequest());
    expect(call.headers['access-control-allow-origin']).toBe(origin);
    expect(call.headers.vary).toContain('Origin');
    const other = await agent.get('/cds-services').set('Origin', 'https://evil.example');
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });
});

test('what is not there is an OperationOutcome, and headers give nothing away', async () => {
  const response = await supertest(application()).get('/nowhere').expect(404);
  expect(response.type).toBe('application/fhir+json');
  expect(response.headers['x-powered-by']).toBeUndefined();
  expect(response.headers['x-content-type-options']).toBe('nosniff');
  expect(response.headers['content-security-policy']).toContain("default-src 'self'");
});

test('further pages are mounted before what is not there', async () => {
  const mount: ApplicationDependencies['mount'] = (app) => {
    app.get('/demo', (_request, response) => void response.send('demo'));
  };
  const response = await supertest(application({ mount })).get('/demo').expect(200);
  expect(response.text).toBe('demo');
});
