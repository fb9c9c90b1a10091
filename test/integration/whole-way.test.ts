import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FhirResource, OperationOutcome } from 'fhir/r4.js';
import { type Card, responseSchema } from '../../src/cds-hooks/card.ts';
import { readConfiguration } from '../../src/server/configuration.ts';
import { startVigilnote, type Vigilnote } from '../../src/server/start.ts';
import { type Hapi, startHapi } from '../support/hapi.ts';
import { type FaultyServer, startFaultyServer } from './faulty-server.ts';

const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
/** Long enough that every note is read before the answer, on whatever machine this runs. */
const BUDGET_MS = 60_000;

let hapi: Hapi;
let vigilnote: Vigilnote;
let faulty: FaultyServer;

beforeAll(async () => {
  hapi = await startHapi();
  faulty = await startFaultyServer(hapi.baseUrl);
  vigilnote = await startVigilnote({
    ...readConfiguration({ VIGILNOTE_LOG_LEVEL: 'silent', VIGILNOTE_WORKERS: '1' }),
    port: 0,
    database: 'memory:',
    budgetMs: BUDGET_MS,
    // Weights change; what is tested here is the way.
    threshold: 0.5,
    fhirTimeoutMs: 2000,
    fhirServers: [hapi.baseUrl, hapi.securedUrl, faulty.baseUrl],
  });
}, 400_000);

afterAll(async () => {
  await vigilnote?.close();
  await faulty?.close();
  await hapi?.stop();
});

interface NoteOptions {
  readonly text?: string;
  readonly html?: string;
  readonly data?: string;
  readonly url?: string;
  readonly contentType?: string;
  readonly status?: 'current' | 'superseded' | 'entered-in-error';
}

/** An invented patient with these notes on the real server. @returns the patient's id */
async function load(notes: readonly NoteOptions[]): Promise<string> {
  const id = `p-${randomUUID()}`;
  const patient = { resourceType: 'Patient', id, name: [{ family: 'Invented', given: ['Ada'] }] };
  const practitioner = { resourceType: 'Practitioner', id: 'dr-lee', name: [{ text: 'Ann Lee' }] };
  const documents = notes.map((note, index) => documentReference(id, index, note));
  const entry = [patient, practitioner, ...documents].map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
  await send('POST', hapi.baseUrl, { resourceType: 'Bundle', type: 'transaction', entry });
  return id;
}

function documentReference(patientId: string, index: number, note: NoteOptions) {
  const text = note.html ?? note.text;
  const data = note.data ?? (text !== undefined ? Buffer.from(text).toString('base64') : undefined);
  return {
    resourceType: 'DocumentReference',
    id: `${patientId.slice(0, 40)}-n${index}`,
    status: note.status ?? 'current',
    type: { text: 'Progress note' },
    category: [
      {
        coding: [
          {
            system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
            code: 'clinical-note',
          },
        ],
      },
    ],
    subject: { reference: `Patient/${patientId}` },
    date: `2023-04-0${(index % 9) + 1}T10:00:00Z`,
    author: [{ display: 'Dr. Ann Lee' }],
    content: [
      {
        attachment: {
          contentType: note.contentType ?? (note.html ? 'text/html' : 'text/plain; charset=utf-8'),
          ...(data !== undefined && { data }),
          ...(note.url !== undefined && { url: note.url }),
        },
      },
    ],
  };
}

async function send(method: string, url: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { 'Content-Type': 'application/fhir+json', Accept: 'application/fhir+json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text.slice(0, 2000)}`);
  return text === '' ? undefined : JSON.parse(text);
}

const DRUGS = {
  amoxicillin: ['308191', 'amoxicillin 500 MG Oral Capsule'],
  metformin: ['861007', 'metformin hydrochloride 500 MG Oral Tablet'],
} as const;

function orderSign(patientId: string, drug: keyof typeof DRUGS, changes: object = {}) {
  const [code, display] = DRUGS[drug];
  return {
    hook: 'order-sign',
    hookInstance: randomUUID(),
    fhirServer: hapi.baseUrl,
    context: {
      userId: 'Practitioner/dr-lee',
      patientId,
      draftOrders: {
        resourceType: 'Bundle',
        entry: [
          {
            resource: {
              resourceType: 'MedicationRequest',
              id: 'draft-1',
              status: 'draft',
              intent: 'order',
              subject: { reference: `Patient/${patientId}` },
              medicationCodeableConcept: { coding: [{ system: RXNORM, code, display }] },
            },
          },
        ],
      },
    },
    ...changes,
  };
}

async function call(body: { readonly hook: string }): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${vigilnote.url}/cds-services/vigilnote-${body.hook}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function cardsOf(body: { readonly hook: string }): Promise<Card[]> {
  const answer = await call(body);
  expect(answer).toMatchObject({ status: 200 });
  return responseSchema.parse(answer.body).cards;
}

const RASH = 'Amoxicillin-induced urticaria, which resolved.';
const QUOTE = '> “**Amoxicillin**-induced **urticaria**, which resolved.”';
const PLAIN = `HISTORY OF PRESENT ILLNESS:\nSeen for follow-up. ${RASH}\n\nPLAN:\nReturn in two weeks.\n`;
const UNRELATED = 'Blood pressure well controlled on lisinopril 10 mg daily. No complaints today.';
const NAUSEA = 'Metformin was stopped because of severe nausea and vomiting.';

describe('an EHR signs an order and sends nothing but where its FHIR server is', () => {
  test('the card quotes the note, with RxNorm and MedDRA codes', async () => {
    const patientId = await load([{ text: UNRELATED }, { text: PLAIN }]);
    const cards = await cardsOf(orderSign(patientId, 'amoxicillin'));
    expect(cards).toHaveLength(1);
    const [card] = cards;
    expect(card?.summary).toMatch(/^Amoxicillin: .* noted 2023-04-02; no allergy recorded$/);
    expect(card?.detail).toContain(QUOTE);
    expect(card?.detail).toContain('Progress note · Dr. Ann Lee · 2023-04-02');
    expect(card?.detail).toContain('RxNorm 723');
    expect(card?.detail).toContain('(Urticaria, MedDRA PT 10046735)');
    expect(card?.links?.[0]?.url).toMatch(`${hapi.baseUrl}/DocumentReference/`);
    // The link leads to the note.
    await expect(send('GET', card?.links?.[0]?.url ?? '')).resolves.toMatchObject({
      resourceType: 'DocumentReference',
      subject: { reference: `Patient/${patientId}` },
    });
  });

  test('a drug that the notes do not speak of gives no card', async () => {
    const patientId = await load([{ text: PLAIN }]);
    await expect(cardsOf(orderSign(patientId, 'metformin'))).resolves.toEqual([]);
  });

  test('the suggested allergy is valid, is accepted by the server, and answers the next call', async () => {
    const patientId = await load([{ text: PLAIN }]);
    const [card] = await cardsOf(orderSign(patientId, 'amoxicillin'));
    const resource = created(card);
    expect(resource.resourceType).toBe('AllergyIntolerance');
    await expectValid(resource);
    const stored = await send('POST', `${hapi.baseUrl}/AllergyIntolerance`, resource);
    expect(stored).toMatchObject({
      id: expect.any(String),
      verificationStatus: { coding: [{ code: 'unconfirmed' }] },
    });
    await expect(cardsOf(orderSign(patientId, 'amoxicillin'))).resolves.toEqual([]);
  });

  test('so is the suggested adverse event', async () => {
    const patientId = await load([{ text: NAUSEA }]);
    const [card] = await cardsOf(orderSign(patientId, 'metformin'));
    const resource = created(card);
    expect(resource.resourceType).toBe('AdverseEvent');
    await expectValid(resource);
    await send('POST', `${hapi.baseUrl}/AdverseEvent`, resource);
    await expect(cardsOf(orderSign(patientId, 'metformin'))).resolves.toEqual([]);
  });

  test('feedback on the card answers the next call', async () => {
    const patientId = await load([{ text: PLAIN }]);
    const [card] = await cardsOf(orderSign(patientId, 'amoxicillin'));
    const reason = card?.overrideReasons?.find(({ code }) => code === 'already-known');
    const feedback = [
      {
        card: card?.uuid,
        outcome: 'overridden',
        overrideReason: { reason },
        outcomeTimestamp: new Date().toISOString(),
      },
    ];
    await send('POST', `${vigilnote.url}/cds-services/vigilnote-order-sign/feedback`, { feedback });
    await expect(cardsOf(orderSign(patientId, 'amoxicillin'))).resolves.toEqual([]);
  });

  test('a server that asks for a token gets that of the request, and 401 is told as such', async () => {
    const patientId = await load([{ text: PLAIN }]);
    const authorization = {
      access_token: hapi.token,
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'patient/*.rs',
      subject: 'vigilnote',
    };
    const secured = { fhirServer: hapi.securedUrl };
    await expect(
      cardsOf(
        orderSign(patientId, 'amoxicillin', { ...secured, fhirAuthorization: authorization }),
      ),
    ).resolves.toHaveLength(1);
    await expect(call(orderSign(patientId, 'amoxicillin', secured))).resolves.toMatchObject({
      status: 412,
      body: { issue: [{ code: 'login', expression: ['fhirServer'] }] },
    });
  });
});

describe('notes as they come', () => {
  test('HTML, inline and as a Binary', async () => {
    const binary = await send('POST', `${hapi.baseUrl}/Binary`, {
      resourceType: 'Binary',
      contentType: 'text/html',
      data: Buffer.from(`<html><body><p>${RASH}</p></body></html>`).toString('base64'),
    });
    const url = `Binary/${(binary as FhirResource).id}`;
    const notes: NoteOptions[] = [
      { html: `<div><b>HPI</b><br>${RASH}</div>` },
      { url, contentType: 'text/html' },
    ];
    for (const note of notes) {
      const patientId = await load([note]);
      const [card] = await cardsOf(orderSign(patientId, 'amoxicillin'));
      expect(card?.detail).toContain(QUOTE);
    }
  });

  test.each<[string, NoteOptions]>([
    ['a Binary that is not there', { url: 'Binary/does-not-exist' }],
    ['a note of another server', { url: 'http://127.0.0.1:9/fhir/Binary/1' }],
  ])('%s is reported, and the others are read', async (_name, note) => {
    const patientId = await load([note, { text: PLAIN }]);
    const [card] = await cardsOf(orderSign(patientId, 'amoxicillin'));
    expect(card?.detail).toMatch(/1 note could not be read: \[DocumentReference\/.*-n0\]/);
  });

  test('an empty note says nothing, and the others are read', async () => {
    const patientId = await load([{ text: ' \n' }, { text: PLAIN }]);
    await expect(cardsOf(orderSign(patientId, 'amoxicillin'))).resolves.toHaveLength(1);
  });

  test('what was entered in error or superseded is left out', async () => {
    const patientId = await load([
      { text: PLAIN, status: 'entered-in-error' },
      { text: PLAIN, status: 'superseded' },
    ]);
    await expect(cardsOf(orderSign(patientId, 'amoxicillin'))).resolves.toEqual([]);
  });

  test('more notes than a page of the server holds are all read', async () => {
    const notes = Array.from({ length: 25 }, (_, index) => ({
      text: `${UNRELATED} Visit ${index}.`,
    }));
    const patientId = await load([...notes, { text: PLAIN }]);
    await expect(cardsOf(orderSign(patientId, 'amoxicillin'))).resolves.toHaveLength(1);
  });
});

describe('prefetched notes, with no server to ask', () => {
  const prefetched = (...documents: object[]) => ({
    fhirServer: undefined,
    prefetch: {
      documents: { resourceType: 'Bundle', entry: documents.map((resource) => ({ resource })) },
      allergies: null,
      adverseEvents: null,
    },
  });

  test('inline notes are read', async () => {
    const prefetch = prefetched(documentReference('p1', 0, { text: PLAIN }));
    await expect(cardsOf(orderSign('p1', 'amoxicillin', prefetch))).resolves.toHaveLength(1);
  });

  test.each<[string, NoteOptions]>([
    ['wrong base64', { data: '%%%' }],
    ['a note of 20 MB', { text: `${'word '.repeat(4_000_000)}` }],
    ['an attachment by URL', { url: 'Binary/1' }],
  ])('%s is reported, and the others are read', async (_name, note) => {
    const prefetch = prefetched(
      documentReference('p1', 0, note),
      documentReference('p1', 1, { text: PLAIN }),
    );
    const [card] = await cardsOf(orderSign('p1', 'amoxicillin', prefetch));
    expect(card?.summary).toContain('no allergy recorded');
    expect(card?.detail).toContain('1 note could not be read.');
  });
});

describe('a FHIR server in trouble', () => {
  test.each<[string, Parameters<FaultyServer['fail']>[1], string]>([
    ['down', { kind: 'refuse' }, 'transient'],
    ['slow', { kind: 'hang' }, 'timeout'],
    ['answering 401', { kind: 'status', status: 401 }, 'login'],
    ['answering 429 without end', { kind: 'status', status: 429 }, 'throttled'],
    ['answering 503', { kind: 'status', status: 503 }, 'transient'],
    ['answering half a Bundle', { kind: 'half' }, 'transient'],
  ])(
    '%s on documents: 412 says so; on allergies: the card comes and says so',
    async (_name, fault, code) => {
      const patientId = await load([{ text: PLAIN }]);
      const body = orderSign(patientId, 'amoxicillin', { fhirServer: faulty.baseUrl });
      faulty.fail('DocumentReference', fault);
      await expect(call(body)).resolves.toMatchObject({ status: 412, body: { issue: [{ code }] } });
      faulty.recover();
      faulty.fail('AllergyIntolerance', fault);
      const [card] = await cardsOf(body);
      faulty.recover();
      expect(card?.summary).toMatch(/; allergy list not readable$/);
      expect(card?.detail).toContain(QUOTE);
    },
  );

  test('429 once, with Retry-After: the next try serves the call', async () => {
    const patientId = await load([{ text: PLAIN }]);
    faulty.fail('DocumentReference', { kind: 'status', status: 429, times: 1 });
    const body = orderSign(patientId, 'amoxicillin', { fhirServer: faulty.baseUrl });
    await expect(cardsOf(body)).resolves.toHaveLength(1);
  });
});

function created(card: Card | undefined): FhirResource {
  const action = card?.suggestions
    ?.flatMap(({ actions = [] }) => actions)
    .find(({ type }) => type === 'create');
  expect(action?.resource).toBeDefined();
  return action?.resource as unknown as FhirResource;
}

async function expectValid(resource: FhirResource): Promise<void> {
  const outcome = (await send(
    'POST',
    `${hapi.baseUrl}/${resource.resourceType}/$validate`,
    resource,
  )) as OperationOutcome;
  // R4's own package holds the v3-ObservationValue of 2018, which ends before the AI codes.
  const errors = outcome.issue.filter(
    ({ severity, diagnostics = '' }) =>
      (severity === 'error' || severity === 'fatal') &&
      !/^Unknown code '.*v3-ObservationValue#AIAST'$/.test(diagnostics),
  );
  expect(errors).toEqual([]);
}
