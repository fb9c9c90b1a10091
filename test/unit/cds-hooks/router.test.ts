import { gzipSync } from 'node:zlib';
import { describe, expect, jest, test } from '@jest/globals';
import express, { type Express } from 'express';
import fc from 'fast-check';
import supertest from 'supertest';
import type { CdsResponse } from '../../../src/cds-hooks/card.ts';
import { CdsHooksError } from '../../../src/cds-hooks/error.ts';
import {
  type CdsHooksRouterOptions,
  type CdsService,
  createCdsHooksRouter,
} from '../../../src/cds-hooks/router.ts';
import {
  HOOK_INSTANCE,
  orderSelectRequest,
  orderSignRequest,
  patientViewRequest,
} from './requests.ts';

const NOTHING: CdsResponse = { cards: [] };

function service<Hook extends CdsService['definition']['hook']>(
  hook: Hook,
  changes: Partial<CdsService['definition']> = {},
  call: CdsService<Hook>['call'] = async () => NOTHING,
): CdsService {
  return {
    definition: { hook, id: `test-${hook}`, description: 'For tests', ...changes },
    call,
  } as CdsService;
}

function application(changes: Partial<CdsHooksRouterOptions> = {}): Express {
  return express().use(
    createCdsHooksRouter({
      services: [service('patient-view'), service('order-select'), service('order-sign')],
      onFeedback: async () => undefined,
      ...changes,
    }),
  );
}

describe('discovery', () => {
  test('lists services with what the specification requires, unset fields left out (3–10, 13, 29, 36)', async () => {
    const services = [
      service('patient-view', {
        title: 'Test',
        prefetch: { patient: 'Patient/{{context.patientId}}' },
        usageRequirements: '',
      }),
      service('order-sign'),
    ];
    const response = await supertest(application({ services })).get('/cds-services').expect(200);
    expect(response.type).toBe('application/json');
    expect(response.body).toEqual({
      services: [
        {
          hook: 'patient-view',
          id: 'test-patient-view',
          title: 'Test',
          description: 'For tests',
          prefetch: { patient: 'Patient/{{context.patientId}}' },
        },
        { hook: 'order-sign', id: 'test-order-sign', description: 'For tests' },
      ],
    });
  });

  test('another method is refused with the one that is allowed', async () => {
    const response = await supertest(application()).post('/cds-services').send({}).expect(405);
    expect(response.headers.allow).toBe('GET, HEAD');
    expect(response.body.resourceType).toBe('OperationOutcome');
  });

  test.each([
    ['a token that is no root-level primitive (57)', '{{context.draftOrders.entry}}', /no token/],
    ['a list for a token (57)', '{{context.draftOrders}}', /no token/],
    ['an unknown name (56)', '{{patientId}}', /no token/],
    ['an open brace (55)', 'Patient/{{context.patientId}', /without its/],
  ])('a service with %s in a template is refused', (_name, template, message) => {
    const bad = service('order-sign', { prefetch: { key: template } });
    expect(() => application({ services: [bad] })).toThrow(message);
  });

  test('two services with one id on one hook are refused', () => {
    const twice = [service('patient-view'), service('patient-view')];
    expect(() => application({ services: twice })).toThrow(
      'two services with the id test-patient-view',
    );
  });
});

describe('invocation', () => {
  test('nothing to say is 200 with an empty list of cards and nothing else (74, 77)', async () => {
    const response = await supertest(application())
      .post('/cds-services/test-patient-view')
      .send(patientViewRequest())
      .expect(200);
    expect(response.text).toBe('{"cards":[]}');
    expect(response.type).toBe('application/json');
    expect(response.headers['cache-control']).toBe('no-store');
  });

  test('unset fields of a card are left out, resources stay as they are (3)', async () => {
    const resource = { resourceType: 'Basic', code: {}, extra: null };
    const card = {
      uuid: 'c1',
      summary: 'Rash noted',
      indicator: 'info',
      source: { label: 'Test', url: '' },
      detail: null,
      links: [],
      suggestions: [
        { label: 'Do', uuid: '', actions: [{ type: 'create', description: 'Do', resource }] },
      ],
      selectionBehavior: 'any',
      overrideReasons: [],
    };
    const answer = { cards: [card], systemActions: [], extension: undefined };
    const services = [service('patient-view', {}, async () => answer as unknown as CdsResponse)];
    const response = await supertest(application({ services }))
      .post('/cds-services/test-patient-view')
      .send(patientViewRequest())
      .expect(200);
    expect(response.body).toEqual({
      cards: [
        {
          uuid: 'c1',
          summary: 'Rash noted',
          indicator: 'info',
          source: { label: 'Test' },
          suggestions: [
            { label: 'Do', actions: [{ type: 'create', description: 'Do', resource }] },
          ],
          selectionBehavior: 'any',
        },
      ],
    });
  });

  test('one id under two hooks: each call reaches the service of its hook (211)', async () => {
    const services = [
      service('order-select', { id: 'orders' }, async () => ({
        cards: [],
        extension: { at: 'select' },
      })),
      service('order-sign', { id: 'orders' }, async () => ({
        cards: [],
        extension: { at: 'sign' },
      })),
    ];
    const agent = supertest(application({ services }));
    const select = await agent.post('/cds-services/orders').send(orderSelectRequest()).expect(200);
    const sign = await agent.post('/cds-services/orders').send(orderSignRequest()).expect(200);
    expect([select.body.extension.at, sign.body.extension.at]).toEqual(['select', 'sign']);
  });

  test('what the service gets is what was sent, null members of root and context apart', async () => {
    const call = jest.fn(async () => NOTHING);
    const services = [
      service('patient-view', {}, call as unknown as CdsService<'patient-view'>['call']),
    ];
    await supertest(application({ services }))
      .post('/cds-services/test-patient-view')
      .send(
        patientViewRequest({
          context: { userId: 'Practitioner/lee', patientId: 'p1', encounterId: null, more: 1 },
          fhirServer: null,
          prefetch: { nothing: null },
        }),
      )
      .expect(200);
    expect((call.mock.calls as unknown[][])[0]?.[0]).toEqual({
      hook: 'patient-view',
      hookInstance: HOOK_INSTANCE,
      context: { userId: 'Practitioner/lee', patientId: 'p1', more: 1 },
      prefetch: { nothing: null },
    });
  });

  test('a draftOrders Bundle without type is accepted: sandboxes send it', async () => {
    await supertest(application())
      .post('/cds-services/test-order-sign')
      .send(orderSignRequest())
      .expect(200);
  });

  test('a gzipped body is read', async () => {
    await supertest(application())
      .post('/cds-services/test-patient-view')
      .set('Content-Type', 'application/json')
      .set('Content-Encoding', 'gzip')
      .serialize((body) => body)
      .send(gzipSync(JSON.stringify(patientViewRequest())) as unknown as string)
      .expect(200);
  });

  test('the service hears when the client has gone', async () => {
    let aborted: (value: boolean) => void = () => undefined;
    const seen = new Promise<boolean>((resolve) => {
      aborted = resolve;
    });
    const services = [
      service('patient-view', {}, async (_request, { signal }) => {
        signal.addEventListener('abort', () => aborted(true));
        await seen;
        return NOTHING;
      }),
    ];
    const server = application({ services }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const gone = new AbortController();
    const call = fetch(`http://127.0.0.1:${port}/cds-services/test-patient-view`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(patientViewRequest()),
      signal: gone.signal,
    }).catch(() => undefined);
    setTimeout(() => gone.abort(), 100);
    await call;
    await expect(seen).resolves.toBe(true);
    server.close();
  });
});

describe('what is wrong with a request is said by field', () => {
  const authorization = {
    access_token: 'secret-token',
    token_type: 'Bearer',
    expires_in: 300,
    scope: 'user/*.rs',
    subject: 'vigilnote',
  };
  test.each<[string, string, object, string[]]>([
    [
      'no hookInstance',
      'patient-view',
      patientViewRequest({ hookInstance: undefined }),
      ['hookInstance'],
    ],
    [
      'hookInstance no UUID',
      'patient-view',
      patientViewRequest({ hookInstance: 'x' }),
      ['hookInstance'],
    ],
    ['no context', 'patient-view', patientViewRequest({ context: undefined }), ['context']],
    [
      'no patientId, no userId',
      'patient-view',
      patientViewRequest({ context: {} }),
      ['context.userId', 'context.patientId'],
    ],
    [
      'a patientId that is no id',
      'patient-view',
      patientViewRequest({ context: { userId: 'Practitioner/lee', patientId: 'Smith, John?x' } }),
      ['context.patientId'],
    ],
    [
      'null for a required field',
      'patient-view',
      patientViewRequest({ context: { userId: 'Practitioner/lee', patientId: null } }),
      ['context.patientId'],
    ],
    [
      'a draft order without a type',
      'order-sign',
      orderSignRequest({
        context: {
          userId: 'Practitioner/lee',
          patientId: 'p1',
          draftOrders: { resourceType: 'Bundle', entry: [{ resource: { id: 'x' } }] },
        },
      }),
      ['context.draftOrders.entry[0].resource.resourceType'],
    ],
    [
      'no draftOrders',
      'order-sign',
      orderSignRequest({ context: patientViewRequest().context }),
      ['context.draftOrders'],
    ],
    [
      'no selections',
      'order-select',
      orderSelectRequest({ context: orderSignRequest().context }),
      ['context.selections'],
    ],
    [
      'fhirAuthorization without fhirServer',
      'patient-view',
      patientViewRequest({ fhirAuthorization: authorization }),
      ['fhirServer'],
    ],
    [
      'a fhirServer that is no URL',
      'patient-view',
      patientViewRequest({ fhirServer: 'ehr' }),
      ['fhirServer'],
    ],
    [
      'a fhirServer with a password',
      'patient-view',
      patientViewRequest({ fhirServer: 'https://u:p@ehr.example/fhir' }),
      ['fhirServer'],
    ],
    [
      'another token type',
      'patient-view',
      patientViewRequest({
        fhirServer: 'https://ehr.example/fhir',
        fhirAuthorization: { ...authorization, token_type: 'MAC' },
      }),
      ['fhirAuthorization.token_type'],
    ],
    ['prefetch a list', 'patient-view', patientViewRequest({ prefetch: [] }), ['prefetch']],
    ['no hook', 'patient-view', patientViewRequest({ hook: undefined }), ['hook']],
  ])('%s', async (_name, hook, body, expressions) => {
    const response = await supertest(application())
      .post(`/cds-services/test-${hook}`)
      .send(body)
      .expect(400);
    expect(response.type).toBe('application/fhir+json');
    expect(response.body.resourceType).toBe('OperationOutcome');
    const named = response.body.issue.map(
      (issue: { expression: string[] }) => issue.expression?.[0],
    );
    expect(named).toEqual(expressions);
    for (const issue of response.body.issue)
      expect(issue.diagnostics).toMatch(/is required|must be/i);
    expect(response.text).not.toMatch(/Smith|secret-token|u:p@/);
  });

  test('a hook that the service does not answer', async () => {
    const response = await supertest(application())
      .post('/cds-services/test-patient-view')
      .send(orderSignRequest())
      .expect(400);
    expect(response.body.issue[0]).toEqual({
      severity: 'error',
      code: 'value',
      expression: ['hook'],
      diagnostics: 'is not a hook of this service; it answers patient-view',
    });
  });

  test.each([
    [
      'malformed JSON',
      '{"hook": "patient-view", "name": "Smith"',
      'application/json',
      400,
      'structure',
    ],
    ['a JSON text that is no object', '"Smith"', 'application/json', 400, 'structure'],
    ['null', 'null', 'application/json', 400, 'structure'],
    ['another media type', 'hook=Smith', 'application/x-www-form-urlencoded', 415, 'not-supported'],
    ['another charset', '{}', 'application/json; charset=latin1', 415, 'not-supported'],
  ])('%s', async (_name, body, type, status, code) => {
    const response = await supertest(application())
      .post('/cds-services/test-patient-view')
      .set('Content-Type', type)
      .send(body)
      .expect(status);
    expect(response.type).toBe('application/fhir+json');
    expect(response.body.issue[0].code).toBe(code);
    expect(response.text).not.toContain('Smith');
  });

  test('no body', async () => {
    const response = await supertest(application())
      .post('/cds-services/test-patient-view')
      .expect(400);
    expect(response.body.issue[0].diagnostics).toBe('a JSON body is required');
  });

  test('a body over the limit, also when it is small only as long as it is compressed', async () => {
    const large = JSON.stringify(patientViewRequest({ prefetch: { text: 'x'.repeat(20_000) } }));
    const agent = supertest(application({ bodyLimit: '10kb' }));
    const plain = await agent
      .post('/cds-services/test-patient-view')
      .set('Content-Type', 'application/json')
      .send(large)
      .expect(413);
    expect(plain.body.issue[0].code).toBe('too-long');
    await agent
      .post('/cds-services/test-patient-view')
      .set('Content-Type', 'application/json')
      .set('Content-Encoding', 'gzip')
      .serialize((body) => body)
      .send(gzipSync(large) as unknown as string)
      .expect(413);
  });

  test('an unknown service', async () => {
    const response = await supertest(application())
      .post('/cds-services/none')
      .send(patientViewRequest())
      .expect(404);
    expect(response.body.issue[0].code).toBe('not-found');
    await supertest(application()).post('/cds-services/none/feedback').send({}).expect(404);
  });

  test('an address that does not decode', async () => {
    const response = await supertest(application()).post('/cds-services/%E0%A4%A').send({});
    expect(response.status).toBe(400);
  });
});

describe('what goes wrong in a service', () => {
  test('its own errors keep their status (54)', async () => {
    const services = [
      service('patient-view', {}, async () => {
        throw new CdsHooksError(412, [
          { code: 'incomplete', diagnostics: 'no documents', expression: 'prefetch.documents' },
        ]);
      }),
    ];
    const response = await supertest(application({ services }))
      .post('/cds-services/test-patient-view')
      .send(patientViewRequest())
      .expect(412);
    expect(response.body.issue).toEqual([
      {
        severity: 'error',
        code: 'incomplete',
        diagnostics: 'no documents',
        expression: ['prefetch.documents'],
      },
    ]);
  });

  test.each<[string, () => Promise<CdsResponse>]>([
    ['any other error', async () => Promise.reject(new Error('Smith fell over'))],
    [
      'a card that is not as the specification has it',
      async () =>
        ({ cards: [{ summary: 'Smith', indicator: 'fatal', source: { label: 'x' } }] }) as never,
    ],
  ])('%s is a 500 without details, and told to whoever runs it', async (_name, call) => {
    const onError = jest.fn();
    const services = [service('patient-view', {}, call)];
    const response = await supertest(application({ services, onError }))
      .post('/cds-services/test-patient-view')
      .send(patientViewRequest())
      .expect(500);
    expect(response.body.issue[0].code).toBe('exception');
    expect(response.text).not.toContain('Smith');
    expect(onError).toHaveBeenCalledTimes(1);
  });
});

describe('feedback', () => {
  const accepted = {
    card: 'c1',
    outcome: 'accepted',
    acceptedSuggestions: [{ id: 's1' }],
    outcomeTimestamp: '2026-11-20T11:22:33Z',
  };
  const overridden = {
    card: 'c2',
    outcome: 'overridden',
    overrideReason: { reason: { code: 'already-known', system: 'urn:x' }, userComment: 'seen' },
    outcomeTimestamp: '2026-11-20T11:22:33.5Z',
  };

  test('a batch is handed on as it came, and again when it is repeated', async () => {
    const onFeedback = jest.fn(async () => undefined);
    const agent = supertest(application({ onFeedback }));
    for (const _time of [1, 2]) {
      await agent
        .post('/cds-services/test-order-sign/feedback')
        .send({ feedback: [accepted, overridden] })
        .expect(200);
    }
    expect(onFeedback.mock.calls).toEqual([
      ['test-order-sign', [accepted, overridden]],
      ['test-order-sign', [accepted, overridden]],
    ]);
  });

  test.each<[string, object, string]>([
    ['no list', { card: 'c1' }, 'feedback'],
    ['an empty list', { feedback: [] }, 'feedback'],
    [
      'accepted without suggestions',
      { feedback: [{ ...accepted, acceptedSuggestions: undefined }] },
      'feedback[0].acceptedSuggestions',
    ],
    [
      'an unknown outcome',
      { feedback: [{ ...accepted, outcome: 'ignored' }] },
      'feedback[0].outcome',
    ],
    [
      'a time that is none',
      { feedback: [overridden, { ...accepted, outcomeTimestamp: 'now' }] },
      'feedback[1].outcomeTimestamp',
    ],
    ['no card', { feedback: [{ ...accepted, card: undefined }] }, 'feedback[0].card'],
  ])('%s', async (_name, body, expression) => {
    const response = await supertest(application())
      .post('/cds-services/test-order-sign/feedback')
      .send(body)
      .expect(400);
    expect(response.body.issue[0].expression).toEqual([expression]);
  });
});

test('whatever JSON is sent, the answer is no 5xx and well-formed', async () => {
  const server = application().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `http://127.0.0.1:${(server.address() as { port: number }).port}/cds-services`;
  // Half of the members are of a request's own names, so that the inner checks are reached too.
  const names = fc.constantFrom(
    ...['hook', 'hookInstance', 'context', 'prefetch', 'fhirServer', 'userId', 'patientId'],
    ...['draftOrders', 'entry', 'resource', 'resourceType', 'feedback', 'outcome', '__proto__'],
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(
        null,
        true,
        0,
        '',
        'order-sign',
        HOOK_INSTANCE,
        'Practitioner/a',
        'Bundle',
      ),
      fc.string(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(names, fc.string()), tie('value'), { maxKeys: 5 }),
    ),
  }));
  const bodies = fc.oneof(
    value,
    fc
      .record({ key: names, inner: value })
      .map(({ key, inner }) => ({ ...orderSignRequest(), [key]: inner })),
    fc
      .record({ key: names, inner: value })
      .map(({ key, inner }) =>
        orderSignRequest({ context: { ...(orderSignRequest().context as object), [key]: inner } }),
      ),
  );
  await fc.assert(
    fc.asyncProperty(
      bodies,
      fc.constantFrom('/test-order-sign', '/test-patient-view', '/test-order-sign/feedback'),
      async (body, path) => {
        const response = await fetch(address + path, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        });
        expect([200, 400]).toContain(response.status);
        expect(typeof (await response.json())).toBe('object');
      },
    ),
    { numRuns: 400 },
  );
  server.closeAllConnections();
  server.close();
});
