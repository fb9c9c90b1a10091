import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Bundle, Patient } from 'fhir/r4.js';
import type { FhirClientOptions } from '../../../src/fhir/client.ts';
import { createFhirClient } from '../../../src/fhir/fhir-client.ts';
import { FhirError } from '../../../src/fhir/fhir-error.ts';
import {
  brokenOff,
  closedPort,
  type FaultyFhirServer,
  half,
  hang,
  hangUp,
  html,
  json,
  rateLimited,
  raw,
  redirect,
  searchset,
  startFaultyFhirServer,
  status,
  unauthorized,
} from '../../support/faulty-fhir-server.ts';

const PATIENT: Patient = { resourceType: 'Patient', id: 'secret-id' };
const TOKEN = 'the-token';

let server: FaultyFhirServer;
let other: FaultyFhirServer;
let slept: number[];

beforeEach(async () => {
  [server, other] = await Promise.all([startFaultyFhirServer(), startFaultyFhirServer()]);
  slept = [];
});
afterEach(async () => {
  await Promise.all([server.close(), other.close()]);
});

function client(changes: Partial<FhirClientOptions> = {}) {
  return createFhirClient(
    {
      baseUrl: server.baseUrl,
      accessToken: TOKEN,
      timeoutMs: 20_000,
      maximumRetries: 2,
      ...changes,
    },
    {
      sleep: async (delayMs) => {
        slept.push(delayMs);
      },
      random: () => 0.5,
    },
  );
}

async function failure(promise: Promise<unknown>): Promise<FhirError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FhirError)) throw new Error(`expected a FhirError, got ${error}`);
  return error;
}

async function pagesOf(pages: AsyncIterable<Bundle>): Promise<Bundle[]> {
  const all: Bundle[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

describe('requests', () => {
  test('carry the token and ask for FHIR JSON', async () => {
    server.on('Patient/', json(PATIENT));
    expect(await client().read('Patient/secret-id')).toMatchObject({ id: 'secret-id' });
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      accept: 'application/fhir+json',
    });
  });

  test('carry no Authorization without a token', async () => {
    server.on('Patient/', json(PATIENT));
    const open = createFhirClient({
      baseUrl: server.baseUrl,
      timeoutMs: 20_000,
      maximumRetries: 0,
    });
    await open.read('Patient/secret-id');
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  test('encode search parameters, repeated ones too', async () => {
    server.on('DocumentReference', json(searchset([])));
    const parameters = { patient: 'a&b', date: ['ge2020', 'le2021'], _count: 5 };
    await pagesOf(client().searchPages('DocumentReference', parameters));
    expect(server.requests[0]?.path).toBe(
      'DocumentReference?patient=a%26b&date=ge2020&date=le2021&_count=5',
    );
  });

  test('post a transaction to the base URL as FHIR JSON', async () => {
    server.on('', json({ resourceType: 'Bundle', type: 'transaction-response' }));
    const bundle: Bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      // Larger than the 64 KiB that a keep-alive request of a browser may have.
      entry: [{ fullUrl: `urn:${'x'.repeat(100_000)}`, resource: PATIENT }],
    };
    expect(await client().transaction(bundle)).toMatchObject({ type: 'transaction-response' });
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      path: '',
      headers: { 'content-type': 'application/fhir+json' },
    });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual(bundle);
  });

  test.each(['ftp://ehr.example/fhir', 'ehr.example', ''])('refuse %p as base URL', (baseUrl) => {
    expect(() => client({ baseUrl })).toThrow('http or https URL');
  });
});

describe('errors', () => {
  test.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'not-found'],
    [410, 'not-found'],
    [412, 'conflict'],
    [422, 'refused'],
    [501, 'server-error'],
  ])(
    '%d is %s, not tried again, with the OperationOutcome beside the message',
    async (code, kind) => {
      server.on('Patient/', status(code));
      const error = await failure(client().read('Patient/secret-id'));
      expect(error).toMatchObject({ name: 'FhirError', kind, status: code });
      expect(error.operationOutcome?.issue[0]?.diagnostics).toContain('secret-id');
      expect(error.message).toContain(`answered ${code} to read Patient`);
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each([
    ['401', unauthorized],
    ['a redirect elsewhere', redirect('http://elsewhere.example/secret-id')],
    ['HTML', html(502)],
    ['half a resource', half(PATIENT)],
    ['a closed connection', hangUp],
    ['a broken connection', brokenOff(PATIENT)],
    ['another resource', json({ resourceType: 'Group', id: 'secret-id' })],
    ['null', json(null)],
    ['a list', json([])],
  ])('no message holds the id, the address or the token: %s', async (_, behaviour) => {
    server.on('Patient/', behaviour);
    const { message } = await failure(client({ maximumRetries: 0 }).read('Patient/secret-id'));
    expect(message).not.toMatch(/secret-id|127\.0\.0\.1|elsewhere|the-token/);
  });

  test('a server that is down is unreachable', async () => {
    const error = await failure(client({ baseUrl: await closedPort() }).read('Patient/1'));
    expect(error).toMatchObject({ kind: 'unreachable' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  test.each([
    ['closes the connection', hangUp],
    ['breaks off its answer', brokenOff(PATIENT)],
  ])('a server that %s is unreachable', async (_, behaviour) => {
    server.on('Patient/', behaviour);
    expect(await failure(client().read('Patient/1'))).toMatchObject({ kind: 'unreachable' });
  });

  test('a server that does not answer in time', async () => {
    server.on('Patient/', hang);
    const error = await failure(client({ timeoutMs: 30 }).read('Patient/1'));
    expect(error).toMatchObject({ kind: 'timeout', cause: { name: 'TimeoutError' } });
    expect(error.message).toContain('read Patient within 30 ms');
  });

  test.each([
    ['half a resource', half(PATIENT)],
    ['HTML with 200', html(200)],
    ['another resource', json({ resourceType: 'Group', id: '1' })],
    ['no resource', json({ id: '1' })],
    ['null', json(null)],
    ['nothing', raw('application/fhir+json', new Uint8Array())],
  ])('an answer that is %s is invalid', async (_, behaviour) => {
    server.on('Patient/', behaviour);
    expect(await failure(client().read('Patient/1'))).toMatchObject({ kind: 'invalid-response' });
  });

  test('the caller’s signal ends an exchange with its own reason', async () => {
    server.on('Patient/', hang);
    const controller = new AbortController();
    const reading = client().read('Patient/1', { signal: controller.signal });
    const reason = new Error('no longer needed');
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  test('the client’s signal ends all its exchanges', async () => {
    const signal = AbortSignal.abort(new Error('over'));
    await expect(client({ signal }).read('Patient/1')).rejects.toThrow('over');
    expect(server.requests).toHaveLength(0);
  });
});

describe('retries', () => {
  test.each([409, 429, 500, 502, 503, 504])('%d is tried again', async (code) => {
    server.on('Patient/', status(code), json(PATIENT));
    expect(await client().read('Patient/1')).toMatchObject({ resourceType: 'Patient' });
    expect(slept).toEqual([150]);
  });

  test('wait twice as long each time, and end', async () => {
    server.on('Patient/', status(503));
    const error = await failure(client({ maximumRetries: 3 }).read('Patient/1'));
    expect(error).toMatchObject({ kind: 'server-error', status: 503 });
    expect(slept).toEqual([150, 300, 600]);
    expect(server.requests).toHaveLength(4);
  });

  test('wait the seconds that Retry-After says', async () => {
    server.on('Patient/', rateLimited(7), json(PATIENT));
    await client().read('Patient/1');
    expect(slept).toEqual([7000]);
  });

  test('wait until the date that Retry-After says', async () => {
    server.on('Patient/', rateLimited(new Date(Date.now() + 20_000).toUTCString()), json(PATIENT));
    await client().read('Patient/1');
    expect(slept[0]).toBeGreaterThan(10_000);
    expect(slept[0]).toBeLessThanOrEqual(20_000);
  });

  test('do not wait longer than half a minute: the error says for how long', async () => {
    server.on('Patient/', rateLimited(3600), json(PATIENT));
    const error = await failure(client().read('Patient/1'));
    expect(error).toMatchObject({ kind: 'rate-limited', status: 429, retryAfterMs: 3_600_000 });
    expect(slept).toEqual([]);
  });

  test('post a transaction again', async () => {
    const answer = { resourceType: 'Bundle', type: 'transaction-response' };
    server.on('', status(409), json(answer));
    await client().transaction({ resourceType: 'Bundle', type: 'transaction' });
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  test('fetch an attachment again', async () => {
    server.on('Binary/', status(503), raw('text/plain', Buffer.from('ok')));
    const { bytes } = await client().readAttachment('Binary/1', 'text/plain');
    expect(Buffer.from(bytes).toString()).toBe('ok');
  });
});

describe('pages', () => {
  test('follow next links, relative and absolute, until there is none', async () => {
    server.on('DocumentReference', json(searchset([PATIENT], `${server.baseUrl}?page=2`)));
    server.on('?page=2', json(searchset([], '?page=3')));
    server.on('?page=3', json(searchset([])));
    expect(await pagesOf(client().searchPages('DocumentReference', {}))).toHaveLength(3);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array(3).fill(`Bearer ${TOKEN}`),
    );
  });

  test('begin after a bundle that the caller has', async () => {
    server.on('?page=2', json(searchset([PATIENT])));
    const pages = await pagesOf(client().followPages(searchset([], `${server.baseUrl}?page=2`)));
    expect(pages.map(({ entry }) => entry?.length)).toEqual([1]);
  });

  test('stop when the caller stops', async () => {
    server.on('DocumentReference', json(searchset([], `${server.baseUrl}?page=2`)));
    for await (const _ of client().searchPages('DocumentReference', {})) break;
    expect(server.requests).toHaveLength(1);
  });

  test('do not go to another origin, which sees nothing of it', async () => {
    server.on('DocumentReference', json(searchset([PATIENT], `${other.baseUrl}?page=2`)));
    const seen: Bundle[] = [];
    const paging = (async () => {
      for await (const page of client().searchPages('DocumentReference', {})) seen.push(page);
    })();
    expect(await failure(paging)).toMatchObject({ kind: 'other-origin' });
    expect(seen).toHaveLength(1);
    expect(other.requests).toHaveLength(0);
  });

  test('do not go round in circles', async () => {
    server.on('DocumentReference', json(searchset([], `${server.baseUrl}/DocumentReference?p=1`)));
    const error = await failure(pagesOf(client().searchPages('DocumentReference', {})));
    expect(error).toMatchObject({ kind: 'invalid-response' });
    expect(server.requests.length).toBeLessThan(4);
  });

  test.each([
    [null],
    ['next'],
    [[null]],
    [[{ relation: 'next' }]],
    [[{ relation: 'next', url: 7 }]],
  ])('end at broken links: %j', async (link) => {
    server.on('DocumentReference', json({ resourceType: 'Bundle', type: 'searchset', link }));
    expect(await pagesOf(client().searchPages('DocumentReference', {}))).toHaveLength(1);
  });
});

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])('%d is followed on the same origin', async (code) => {
    server.on('Patient/old', redirect('/fhir/Patient/new', code));
    server.on('Patient/new', json(PATIENT));
    expect(await client().read('Patient/old')).toMatchObject({ resourceType: 'Patient' });
  });

  test.each(['read', 'readAttachment'] as const)(
    'to another origin are not followed by %s, which sees nothing of it',
    async (how) => {
      server.on('Binary/1', redirect(`${other.baseUrl}/Binary/1`));
      const fhir = client();
      const asked = how === 'read' ? fhir.read('Binary/1') : fhir.readAttachment('Binary/1', 'a/b');
      expect(await failure(asked)).toMatchObject({ kind: 'other-origin' });
      expect(other.requests).toHaveLength(0);
    },
  );

  test('that lead back to themselves end', async () => {
    server.on('Patient/1', redirect('/fhir/Patient/1'));
    expect(await failure(client().read('Patient/1'))).toMatchObject({ kind: 'invalid-response' });
  });

  test('of a transaction are not followed: it might be carried out twice', async () => {
    server.on('', redirect('/fhir/elsewhere', 307));
    const posted = client().transaction({ resourceType: 'Bundle', type: 'transaction' });
    expect(await failure(posted)).toMatchObject({ kind: 'invalid-response' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('attachments', () => {
  const latin = Uint8Array.of(0x66, 0xfc, 0x72);

  test.each(['Binary/1', 'absolute'])('are taken raw by their URL (%s)', async (how) => {
    server.on('Binary/1', raw('text/plain; charset=iso-8859-1', latin));
    const url = how === 'absolute' ? `${server.baseUrl}/Binary/1` : how;
    const answer = await client().readAttachment(url, 'text/plain');
    expect(answer.contentType).toBe('text/plain; charset=iso-8859-1');
    expect([...answer.bytes]).toEqual([...latin]);
    expect(server.requests[0]?.headers.accept).toBe('text/plain, application/fhir+json;q=0.9');
  });

  test('are taken out of a Binary where the server answers with that', async () => {
    const data = Buffer.from(latin).toString('base64');
    server.on('Binary/1', json({ resourceType: 'Binary', contentType: 'text/html', data }));
    const answer = await client().readAttachment('Binary/1', 'text/html');
    expect(answer.contentType).toBe('text/html');
    expect([...answer.bytes]).toEqual([...latin]);
  });

  test('may be empty', async () => {
    server.on('Binary/1', json({ resourceType: 'Binary', contentType: 'text/plain' }));
    expect((await client().readAttachment('Binary/1', 'text/plain')).bytes).toHaveLength(0);
  });

  test.each([
    ['wrong base64', json({ resourceType: 'Binary', contentType: 'text/plain', data: '*' })],
    ['an OperationOutcome', json({ resourceType: 'OperationOutcome', issue: [] })],
    ['half a Binary', half({ resourceType: 'Binary', data: 'QUJD' })],
  ])('that are %s are invalid', async (_, behaviour) => {
    server.on('Binary/1', behaviour);
    expect(await failure(client().readAttachment('Binary/1', 'text/plain'))).toMatchObject({
      kind: 'invalid-response',
    });
  });

  test.each([
    ['says its length', raw('text/plain', new Uint8Array(1001))],
    [
      'comes in pieces',
      (_: unknown, response: import('express').Response) => {
        response.writeHead(200, { 'Content-Type': 'text/plain' });
        for (let i = 0; i < 11; i += 1) response.write('x'.repeat(100));
        response.end();
      },
    ],
    [
      'is base64 in a Binary',
      json({ resourceType: 'Binary', data: Buffer.alloc(1001).toString('base64') }),
    ],
    [
      'is a Binary of any size',
      json({ resourceType: 'Binary', data: Buffer.alloc(200_000).toString('base64') }),
    ],
  ])('larger than what the caller takes are refused: one that %s', async (_, behaviour) => {
    server.on('Binary/1', behaviour);
    const reading = client().readAttachment('Binary/1', 'text/plain', { maximumBytes: 1000 });
    expect(await failure(reading)).toMatchObject({ kind: 'too-large' });
  });

  test('are not fetched from another origin, which sees nothing of it', async () => {
    for (const url of [
      `${other.baseUrl}/Binary/1`,
      '//elsewhere.example/Binary/1',
      'data:text/plain,x',
      'file:///etc/passwd',
      server.baseUrl.replace('http://', 'http://user:password@'),
      'http://[',
    ]) {
      expect(await failure(client().readAttachment(url, 'text/plain'))).toMatchObject({
        kind: 'other-origin',
      });
    }
    expect(other.requests).toHaveLength(0);
    expect(server.requests).toHaveLength(0);
  });
});

describe('$validate', () => {
  const outcome = {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'required' }],
  };

  test.each([200, 400, 412, 422])('gives the OperationOutcome, with %d as well', async (code) => {
    server.on('Patient/$validate', json(outcome, code));
    expect(await client().validate(PATIENT)).toMatchObject(outcome);
  });

  test('fails where there is none', async () => {
    server.on('Patient/$validate', json({ resourceType: 'Patient' }));
    expect(await failure(client().validate(PATIENT))).toMatchObject({ kind: 'invalid-response' });
    server.on('Patient/$validate', status(404));
    expect(await failure(client().validate(PATIENT))).toMatchObject({ kind: 'not-found' });
  });
});
