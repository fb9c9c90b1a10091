import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import supertest from 'supertest';
import { discoverySchema } from '../../../src/cds-hooks/service.ts';
import { orderSelectRequest, orderSignRequest, patientViewRequest } from '../cds-hooks/requests.ts';
import { finding } from './alerts.ts';
import { bundle, documentReference, fhirError, type Harness, harness } from './harness.ts';

const FHIR = 'https://ehr.example/fhir';
const AUTHORIZATION = {
  access_token: 'token-1',
  token_type: 'Bearer',
  expires_in: 300,
  scope: 'patient/*.rs',
  subject: 'vigilnote',
};
const PREFETCH = {
  documents: bundle(documentReference()),
  allergies: bundle(),
  adverseEvents: null,
};
const LATE = Object.assign(new Error('late'), { name: 'TimeoutError' });
const SUMMARY = 'Amoxicillin: rash noted 2023-04-03; no allergy recorded';

function sign(of: Harness, changes: object) {
  return supertest(of.application)
    .post('/cds-services/vigilnote-order-sign')
    .send(orderSignRequest(changes));
}

test('discovery names three services with the same prefetch templates', async () => {
  const response = await supertest(harness().application).get('/cds-services').expect(200);
  const { services } = discoverySchema.parse(response.body);
  expect(services.map(({ hook, id }) => [hook, id])).toEqual([
    ['patient-view', 'vigilnote-patient-view'],
    ['order-select', 'vigilnote-order-select'],
    ['order-sign', 'vigilnote-order-sign'],
  ]);
  for (const service of services) {
    expect(service.prefetch).toEqual({
      documents: 'DocumentReference?patient={{context.patientId}}&category=clinical-note',
      allergies: 'AllergyIntolerance?patient={{context.patientId}}',
      adverseEvents: 'AdverseEvent?subject=Patient/{{context.patientId}}',
    });
  }
});

describe('a card comes', () => {
  test('from prefetch alone: no server is asked (34)', async () => {
    const made = harness({ findings: [finding()] });
    const response = await sign(made, { prefetch: PREFETCH }).expect(200);
    expect(response.body.cards.map(({ summary }: { summary: string }) => summary)).toEqual([
      SUMMARY,
    ]);
    expect(made.chartRequests[0]?.documents).toEqual([documentReference()]);
    expect(made.chartRequests[0]?.client.baseUrl).toMatch(/^prefetch:[0-9a-f]{32}$/);
    expect(made.searches).toEqual([]);
  });

  test('from fhirServer alone, with the token of the request (34, 61)', async () => {
    const made = harness({ findings: [finding()] });
    const response = await sign(made, {
      fhirServer: `${FHIR}/`,
      fhirAuthorization: AUTHORIZATION,
    }).expect(200);
    expect(response.body.cards).toHaveLength(1);
    expect(made.chartRequests[0]).toMatchObject({ patientId: 'p1', client: { baseUrl: FHIR } });
    expect(made.chartRequests[0]?.documents).toBeUndefined();
    expect(made.tokens).toEqual(new Map([[FHIR, 'token-1']]));
    expect(made.searches.toSorted()).toEqual(['AdverseEvent', 'AllergyIntolerance']);
  });

  test('on patient-view without an order, and the order is none to delete', async () => {
    const made = harness({ findings: [finding()] });
    const response = await supertest(made.application)
      .post('/cds-services/vigilnote-patient-view')
      .send(patientViewRequest({ prefetch: PREFETCH }))
      .expect(200);
    const [card] = response.body.cards;
    expect(card.summary).toBe(SUMMARY);
    expect(card.suggestions).toHaveLength(1);
  });

  test('on order-select for the drug that was selected, not for drafts from before', async () => {
    const { context } = orderSelectRequest() as { context: { draftOrders: { entry: unknown[] } } };
    const [amoxicillin] = context.draftOrders.entry;
    const lisinopril = {
      resource: {
        resourceType: 'MedicationRequest',
        id: 'draft-2',
        medicationCodeableConcept: { text: 'lisinopril 10 mg' },
      },
    };
    const both = { resourceType: 'Bundle', entry: [amoxicillin, lisinopril] };
    const answer = async (selections: string[]) => {
      const made = harness({ findings: [finding()] });
      const body = orderSelectRequest({
        context: { ...context, draftOrders: both, selections },
        prefetch: PREFETCH,
      });
      const response = await supertest(made.application)
        .post('/cds-services/vigilnote-order-select')
        .send(body)
        .expect(200);
      return response.body.cards.length;
    };
    await expect(answer(['MedicationRequest/draft-1'])).resolves.toBe(1);
    await expect(answer(['MedicationRequest/draft-2'])).resolves.toBe(0);
  });

  test('and is remembered under the uuids that feedback will name', async () => {
    const made = harness({ findings: [finding()] });
    const response = await sign(made, { prefetch: PREFETCH }).expect(200);
    const [card] = response.body.cards;
    expect(made.issued).toEqual([
      {
        cardUuid: card.uuid,
        suggestions: [
          { uuid: card.suggestions[0].uuid, action: 'create' },
          { uuid: card.suggestions[1].uuid, action: 'delete' },
        ],
        alertKey: expect.any(String),
        hook: 'order-sign',
        serviceId: 'vigilnote-order-sign',
        server: made.chartRequests[0]?.client.baseUrl,
        patientId: 'p1',
        userId: 'Practitioner/lee',
      },
    ]);
  });
});

test('an EHR whose server may not be called is known again by its address', async () => {
  const made = harness({ findings: [finding()], servers: [] });
  await sign(made, { fhirServer: `${FHIR}/`, prefetch: PREFETCH }).expect(200);
  expect(made.issued[0]?.server).toBe(FHIR);
});

describe('no card comes', () => {
  test('when it was answered before, at order-select or another day', async () => {
    const first = harness({ findings: [finding()] });
    await sign(first, { prefetch: PREFETCH });
    const key = first.issued[0]?.alertKey ?? '';
    const asked: unknown[] = [];
    const dismissed = async (of: unknown) => {
      asked.push(of);
      return new Set([key]);
    };
    const second = harness({ findings: [finding()], memory: { dismissed } });
    const response = await sign(second, { prefetch: PREFETCH }).expect(200);
    expect(response.body).toEqual({ cards: [] });
    expect(asked).toEqual([
      {
        server: first.issued[0]?.server,
        patientId: 'p1',
        userId: 'Practitioner/lee',
      },
    ]);
  });

  test('when the chart records the allergy, prefetched or searched for', async () => {
    const allergy = {
      resourceType: 'AllergyIntolerance',
      id: 'a1',
      patient: { reference: 'Patient/p1' },
      code: { text: 'amoxicillin' },
      reaction: [{ manifestation: [{ text: 'rash' }] }],
    };
    const prefetched = harness({ findings: [finding()] });
    const prefetch = { ...PREFETCH, allergies: bundle(allergy) };
    expect((await sign(prefetched, { prefetch })).body).toEqual({ cards: [] });
    const searched = harness({ findings: [finding()], server: { AllergyIntolerance: [allergy] } });
    expect((await sign(searched, { fhirServer: FHIR })).body).toEqual({ cards: [] });
  });

  test('when no drug is ordered, and then no document is asked for', async () => {
    const made = harness({ chart: fhirError(500) });
    const context = {
      ...(orderSignRequest().context as object),
      draftOrders: bundle({
        resourceType: 'ServiceRequest',
        id: 's1',
        code: { text: 'Chest X-ray' },
      }),
    };
    const response = await sign(made, { context }).expect(200);
    expect(response.body).toEqual({ cards: [] });
    expect(made.chartRequests).toEqual([]);
  });

  test('when there are no documents (null) or none that can be read', async () => {
    const none = harness();
    const response = await sign(none, { prefetch: { documents: null } }).expect(200);
    expect(response.body).toEqual({ cards: [] });
    expect(none.chartRequests[0]?.documents).toEqual([]);
    const unreadable = harness({
      chart: { unreadable: [{ reference: 'DocumentReference/d1', reason: 'wrong base64' }] },
    });
    expect((await sign(unreadable, { prefetch: PREFETCH }).expect(200)).body).toEqual({
      cards: [],
    });
  });
});

describe('data that are not to be had', () => {
  test('neither prefetch nor fhirServer: 412 says which data are missing (54)', async () => {
    const response = await sign(harness(), { prefetch: { allergies: bundle() } }).expect(412);
    expect(response.type).toBe('application/fhir+json');
    expect(
      response.body.issue.map((issue: { expression: string[] }) => issue.expression[0]),
    ).toEqual(['prefetch.documents', 'fhirServer']);
  });

  test('an OperationOutcome in prefetch: the server is asked, and 412 when there is none (52)', async () => {
    const prefetch = { ...PREFETCH, documents: { resourceType: 'OperationOutcome', issue: [] } };
    const asked = harness({ findings: [finding()] });
    expect((await sign(asked, { prefetch, fhirServer: FHIR }).expect(200)).body.cards).toHaveLength(
      1,
    );
    expect(asked.chartRequests[0]?.documents).toBeUndefined();
    const response = await sign(harness(), { prefetch }).expect(412);
    expect(response.body.issue[0].diagnostics).toMatch(/is an OperationOutcome/);
  });

  test.each<[string, Error, string, RegExp]>([
    ['401', fhirError(401), 'login', /401; the access token/],
    ['403', fhirError(403), 'forbidden', /403; the token lacks the scope/],
    ['429', fhirError(429), 'throttled', /429/],
    ['503', fhirError(503), 'transient', /it answered 503/],
    ['a time-out', LATE, 'timeout', /in time/],
    ['no connection', new TypeError('fetch failed'), 'transient', /could not be reached/],
  ])(
    'the FHIR server answers the document search with %s: 412',
    async (_name, error, code, reason) => {
      const response = await sign(harness({ chart: error }), { fhirServer: FHIR }).expect(412);
      expect(response.body.issue).toEqual([
        {
          severity: 'error',
          code,
          expression: ['fhirServer'],
          diagnostics: expect.stringMatching(reason),
        },
      ]);
      expect(response.text).not.toContain('patient=p1');
    },
  );

  test.each([
    ['401', fhirError(401)],
    ['429', fhirError(429)],
    ['503', fhirError(503)],
    ['a time-out', LATE],
  ])('the allergy search fails with %s: the card comes and says so', async (_name, error) => {
    const made = harness({ findings: [finding()], server: { AllergyIntolerance: error } });
    const response = await sign(made, { fhirServer: FHIR }).expect(200);
    const [card] = response.body.cards;
    expect(card.summary).toBe('Amoxicillin: rash noted 2023-04-03; allergy list not readable');
    expect(card.detail).toContain('The allergy list could not be read');
    expect(made.warnings).toEqual(['the allergy list could not be read']);
  });

  test('notes still being read and notes that cannot be read are on the card', async () => {
    const made = harness({
      findings: [finding()],
      chart: {
        pendingDocuments: 2,
        unreadable: [{ reference: 'DocumentReference/d9', reason: 'wrong base64' }],
      },
    });
    const [card] = (await sign(made, { prefetch: PREFETCH }).expect(200)).body.cards;
    expect(card.detail).toContain('2 notes still being read.');
    expect(card.detail).toContain('1 note could not be read.');
  });

  test('a memory that fails costs no card', async () => {
    const down = async () => Promise.reject(new Error('down'));
    const made = harness({ findings: [finding()], memory: { issued: down, dismissed: down } });
    expect((await sign(made, { prefetch: PREFETCH }).expect(200)).body.cards).toHaveLength(1);
    expect(made.warnings).toEqual([
      'earlier answers to cards could not be looked up',
      'cards could not be remembered',
    ]);
  });
});

describe('a prefetched Bundle with a next link', () => {
  const documents = {
    ...bundle(documentReference()),
    link: [{ relation: 'next', url: `${FHIR}?page=2` }],
  };
  const second = documentReference({ id: 'd2' });

  test('is paged on with the request’s server', async () => {
    const made = harness({ pages: [bundle(second)] });
    await sign(made, { prefetch: { ...PREFETCH, documents }, fhirServer: FHIR }).expect(200);
    expect(made.chartRequests[0]?.documents?.map(({ id }) => id)).toEqual(['d1', 'd2']);
  });

  test.each<[string, object, object]>([
    ['there is no server', {}, {}],
    ['the server fails', { pages: fhirError(500) }, { fhirServer: FHIR }],
  ])(
    'when %s, what came is used and the card says that something is missing',
    async (_name, options, changes) => {
      const made = harness({ findings: [finding()], ...options });
      const response = await sign(made, {
        prefetch: { ...PREFETCH, documents },
        ...changes,
      }).expect(200);
      expect(response.body.cards[0].detail).toContain('1 note could not be read.');
    },
  );
});

describe('what a caller may not do', () => {
  test('have a server called that is not on the list', async () => {
    const made = harness({ servers: ['https://other.example/fhir'] });
    const response = await sign(made, {
      fhirServer: FHIR,
      fhirAuthorization: AUTHORIZATION,
    }).expect(412);
    expect(response.body.issue[1]).toMatchObject({ code: 'forbidden', expression: ['fhirServer'] });
    expect(made.tokens.size).toBe(0);
    // Prefetched data are as good as ever.
    const prefetched = harness({ findings: [finding()], servers: [] });
    const answer = await sign(prefetched, { fhirServer: FHIR, prefetch: PREFETCH }).expect(200);
    expect(answer.body.cards).toHaveLength(1);
  });

  test('mix another patient’s documents in', async () => {
    const other = documentReference({ id: 'd2', subject: { reference: 'Patient/p10' } });
    const absolute = documentReference({ id: 'd3', subject: { reference: `${FHIR}/Patient/p1` } });
    const made = harness();
    const prefetch = { documents: bundle(documentReference(), other, absolute) };
    await sign(made, { prefetch }).expect(200);
    expect(made.chartRequests[0]?.documents?.map(({ id }) => id)).toEqual(['d1', 'd3']);
  });

  test('send a draft order that is none: 400 names the element', async () => {
    const context = {
      ...(orderSignRequest().context as object),
      draftOrders: bundle({
        resourceType: 'MedicationRequest',
        medicationCodeableConcept: 'Amoxicillin',
      }),
    };
    const response = await sign(harness(), { context, prefetch: PREFETCH }).expect(400);
    expect(response.body.issue[0].expression).toEqual([
      'context.draftOrders.entry[0].resource.medicationCodeableConcept',
    ]);
    expect(response.text).not.toContain('Amoxicillin');
  });
});

test('whatever stands in prefetch and draft orders, the answer is no 5xx', async () => {
  const made = harness({ findings: [finding()] });
  const server = made.application.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `http://127.0.0.1:${(server.address() as { port: number }).port}/cds-services/vigilnote-order-sign`;
  const names = fc.constantFrom(
    ...['resourceType', 'entry', 'resource', 'content', 'attachment', 'subject', 'patient', 'code'],
    ...['coding', 'medicationCodeableConcept', 'medicationReference', 'contained', 'id', 'link'],
    ...[
      'suspectEntity',
      'instance',
      'reference',
      'reaction',
      'relation',
      'text',
      'status',
      'display',
    ],
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(
        null,
        1,
        'x',
        '#m',
        'next',
        'Bundle',
        'DocumentReference',
        'Patient/p1',
      ),
      fc.constantFrom<unknown>(
        'MedicationRequest',
        'AllergyIntolerance',
        'AdverseEvent',
        'amoxicillin',
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(names, tie('value'), { maxKeys: 4 }),
    ),
  }));
  const resource = fc
    .tuple(
      fc.constantFrom(
        'DocumentReference',
        'AllergyIntolerance',
        'AdverseEvent',
        'MedicationRequest',
        'Medication',
      ),
      fc.dictionary(names, value, { maxKeys: 5 }),
    )
    .map(([resourceType, members]) => ({ ...members, resourceType }));
  const list = fc.oneof(
    value,
    fc.array(resource, { maxLength: 3 }).map((items) => bundle(...items)),
  );
  await fc.assert(
    fc.asyncProperty(
      list,
      list,
      list,
      fc.array(resource, { maxLength: 2 }),
      async (documents, allergies, adverseEvents, drafts) => {
        const { context } = orderSignRequest() as {
          context: { draftOrders: { entry: unknown[] } };
        };
        const entry = [
          ...context.draftOrders.entry,
          ...drafts.map((draft) => ({ resource: draft })),
        ];
        const response = await fetch(address, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(
            orderSignRequest({
              context: { ...context, draftOrders: { resourceType: 'Bundle', entry } },
              prefetch: { documents, allergies, adverseEvents },
            }),
          ),
        });
        expect([200, 400, 412]).toContain(response.status);
        await response.json();
      },
    ),
    { numRuns: 300 },
  );
  server.closeAllConnections();
  server.close();
});
