import { describe, expect, test } from '@jest/globals';
import type { Bundle } from 'fhir/r4.js';
import {
  fetchChartFacts,
  knownReactionsOf,
  medicationsOf,
  ordersOf,
} from '../../../src/chart/chart-facts.ts';
import { RXNORM_SYSTEM } from '../../../src/coding/coding.ts';
import type { FhirClient } from '../../../src/fhir/client.ts';
import { ingredient, linker } from '../findings/fixtures.ts';

function rxnorm(name: string) {
  const { system, code } = ingredient(name);
  return { coding: [{ system, code, display: name }] };
}

function verification(code: string) {
  return {
    verificationStatus: {
      coding: [
        { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification', code },
      ],
    },
  };
}

function allergy(changes: object = {}) {
  return { resourceType: 'AllergyIntolerance', id: 'a1', code: rxnorm('amoxicillin'), ...changes };
}

function adverseEvent(changes: object = {}) {
  return {
    resourceType: 'AdverseEvent',
    id: 'e1',
    actuality: 'actual',
    contained: [{ resourceType: 'Medication', id: 'm', code: rxnorm('codeine') }],
    suspectEntity: [{ instance: { reference: '#m' } }],
    ...changes,
  };
}

describe('an AllergyIntolerance', () => {
  test('coded in RxNorm is known by its ingredient', () => {
    expect(knownReactionsOf([allergy()], linker)).toEqual([
      {
        kind: 'allergy',
        reference: 'AllergyIntolerance/a1',
        ingredients: [ingredient('amoxicillin')],
        classes: [],
        substanceText: 'amoxicillin',
      },
    ]);
  });

  test.each([
    ['text alone', { text: 'Amoxicillin' }],
    ['an allergy list’s words', { text: 'Allergy to amoxicillin (finding)' }],
    [
      'a SNOMED CT display',
      {
        coding: [
          {
            system: 'http://snomed.info/sct',
            code: '372687004',
            display: 'Amoxicillin (substance)',
          },
        ],
      },
    ],
    ['words after the name', { text: 'amoxicillin allergy' }],
  ])('with %s is known by its ingredient', (_, code) => {
    expect(knownReactionsOf([allergy({ code })], linker)).toMatchObject([
      { ingredients: [ingredient('amoxicillin')] },
    ]);
  });

  test('with a class is known by the class and its members', () => {
    const code = { text: 'Allergy to penicillins' };
    expect(knownReactionsOf([allergy({ code })], linker)).toMatchObject([
      {
        ingredients: [],
        classes: ['penicillins'],
        classMembers: ['723', '733'],
        substanceText: 'penicillins',
      },
    ]);
  });

  test('without a code is known by its words', () => {
    expect(knownReactionsOf([allergy({ code: { text: 'Zyxoral' } })], linker)).toMatchObject([
      { ingredients: [], classes: [], substanceText: 'Zyxoral' },
    ]);
  });

  test('of which only the reaction names the substance is known by that', () => {
    const one = allergy({ code: undefined, reaction: [{ substance: rxnorm('lisinopril') }] });
    expect(knownReactionsOf([one], linker)).toMatchObject([
      { ingredients: [ingredient('lisinopril')] },
    ]);
  });

  test.each([
    ['entered in error', verification('entered-in-error')],
    ['refuted without a day', verification('refuted')],
    [
      '“no known allergy” in SNOMED CT',
      { code: { coding: [{ system: 'http://snomed.info/sct', code: '716186003' }] } },
    ],
    ['“no known drug allergies” in words', { code: { text: 'No known drug allergies' } }],
    ['NKDA', { code: { text: 'NKDA' } }],
    ['without substance', { code: undefined }],
    ['of another shape than FHIR’s', { code: 'amoxicillin', reaction: 'rash' }],
  ])('%s records nothing', (_, changes) => {
    expect(knownReactionsOf([allergy(changes)], linker)).toEqual([]);
  });

  test('refuted answers until the day of the decision', () => {
    const one = allergy({ ...verification('refuted'), recordedDate: '2023-06-01' });
    expect(knownReactionsOf([one], linker)).toMatchObject([{ refutedOn: '2023-06-01' }]);
    const changed = allergy({
      ...verification('refuted'),
      meta: { lastUpdated: '2023-07-01T00:00:00Z' },
    });
    expect(knownReactionsOf([changed], linker)).toMatchObject([
      { refutedOn: '2023-07-01T00:00:00Z' },
    ]);
  });

  test.each(['inactive', 'resolved'])('%s is recorded all the same', (code) => {
    const clinicalStatus = { coding: [{ code }] };
    expect(knownReactionsOf([allergy({ clinicalStatus })], linker)).toHaveLength(1);
  });
});

describe('an AdverseEvent', () => {
  const known = [
    { kind: 'adverse-event', reference: 'AdverseEvent/e1', ingredients: [ingredient('codeine')] },
  ];

  test('is known by the contained Medication that it suspects', () => {
    expect(knownReactionsOf([adverseEvent()], linker)).toMatchObject(known);
  });

  test.each([
    [
      'a Medication beside it',
      'Medication/9',
      [{ resourceType: 'Medication', id: '9', code: rxnorm('codeine') }],
    ],
    [
      'an absolute reference with a version',
      'https://ehr.example/fhir/Medication/9/_history/2',
      [{ resourceType: 'Medication', id: '9', code: rxnorm('codeine') }],
    ],
    [
      'a MedicationStatement',
      'MedicationStatement/9',
      [
        {
          resourceType: 'MedicationStatement',
          id: '9',
          medicationCodeableConcept: rxnorm('codeine'),
        },
      ],
    ],
    [
      'a Medication by its ingredients',
      'Medication/9',
      [
        {
          resourceType: 'Medication',
          id: '9',
          ingredient: [{ itemCodeableConcept: rxnorm('codeine') }],
        },
      ],
    ],
  ])('is known by %s', (_, reference, others) => {
    const event = adverseEvent({ suspectEntity: [{ instance: { reference } }] });
    expect(knownReactionsOf([event, ...others], linker)).toMatchObject(known);
  });

  test('is known by the display of what cannot be looked at, and by R5’s concept', () => {
    const display = adverseEvent({
      suspectEntity: [{ instance: { reference: 'Medication/x', display: 'codeine' } }],
    });
    const r5 = adverseEvent({ suspectEntity: [{ instanceCodeableConcept: rxnorm('codeine') }] });
    expect(knownReactionsOf([display], linker)).toMatchObject(known);
    expect(knownReactionsOf([r5], linker)).toMatchObject(known);
  });

  test('of two suspects is two', () => {
    const suspectEntity = [
      { instance: { reference: '#m' } },
      { instance: { display: 'lisinopril' } },
    ];
    expect(knownReactionsOf([adverseEvent({ suspectEntity })], linker)).toHaveLength(2);
  });

  test.each([
    ['that was only possible to happen', { actuality: 'potential' }],
    ['entered in error (R5)', { status: 'entered-in-error' }],
    ['without a suspect', { suspectEntity: undefined }],
    ['whose suspect is nowhere', { suspectEntity: [{ instance: { reference: 'Medication/x' } }] }],
  ])('%s records nothing', (_, changes) => {
    expect(knownReactionsOf([adverseEvent(changes)], linker)).toEqual([]);
  });
});

function request(id: string, changes: object = {}) {
  return {
    resourceType: 'MedicationRequest',
    id,
    status: 'draft',
    intent: 'order',
    medicationCodeableConcept: rxnorm('amoxicillin'),
    ...changes,
  };
}

describe('drafted orders', () => {
  test('are read from a Bundle that lacks its type', () => {
    const drafts = {
      resourceType: 'Bundle',
      entry: [
        { resource: request('1') },
        { resource: { resourceType: 'ServiceRequest', id: '2' } },
        {},
      ],
    };
    expect(ordersOf(drafts, linker)).toEqual([
      {
        ingredients: [ingredient('amoxicillin')],
        classes: ['penicillins', 'beta-lactams', 'antibiotics'],
        text: 'amoxicillin',
        resourceId: '1',
        resourceType: 'MedicationRequest',
      },
    ]);
  });

  test.each([
    [
      'a contained Medication',
      {
        medicationReference: { reference: '#m' },
        contained: [{ resourceType: 'Medication', id: 'm', code: rxnorm('lisinopril') }],
      },
    ],
    ['a Medication in the bundle', { medicationReference: { reference: 'Medication/m' } }],
    [
      'the display of a reference',
      { medicationReference: { reference: 'Medication/elsewhere', display: 'lisinopril' } },
    ],
    ['an R5 concept', { medication: { concept: rxnorm('lisinopril') } }],
    ['an R5 reference', { medication: { reference: { reference: 'Medication/m' } } }],
  ])('name their drug by %s', (_, changes) => {
    const resources = [
      request('1', { medicationCodeableConcept: undefined, ...changes }),
      { resourceType: 'Medication', id: 'm', code: rxnorm('lisinopril') },
    ];
    expect(ordersOf(resources, linker)).toMatchObject([
      { ingredients: [ingredient('lisinopril')] },
    ]);
  });

  test('of a drug that is not known keep their text', () => {
    const one = request('1', { medicationCodeableConcept: { text: 'Zyxoral 20 mg' } });
    expect(ordersOf([one], linker)).toEqual([
      {
        ingredients: [],
        text: 'Zyxoral 20 mg',
        resourceId: '1',
        resourceType: 'MedicationRequest',
      },
    ]);
  });

  test.each([
    { status: 'entered-in-error' },
    { status: 'cancelled' },
    { doNotPerform: true },
    { medicationCodeableConcept: undefined },
    { medicationCodeableConcept: { coding: 'amoxicillin' } },
  ])('%o are none', (changes) => {
    expect(ordersOf([request('1', changes)], linker)).toEqual([]);
  });

  test.each([
    [['MedicationRequest/2'], ['2']],
    [['2'], ['2']],
    [['https://ehr.example/fhir/MedicationRequest/2'], ['2']],
    [
      ['MedicationRequest/1', 'MedicationRequest/2'],
      ['1', '2'],
    ],
    [[], []],
  ])('selected by %j are %j', (selections, ids) => {
    const orders = ordersOf([request('1'), request('MedicationRequest/2')], linker, selections);
    expect(orders.map(({ resourceId }) => resourceId)).toEqual(ids);
  });

  test.each([null, undefined, 'x', 7, [null, 'x'], { entry: 'x' }, { entry: [null] }])(
    'in %j are none',
    (drafts) => {
      expect(ordersOf(drafts, linker)).toEqual([]);
    },
  );
});

test('what the patient is on is active, ordered or stated', () => {
  const resources = [
    request('1', { status: 'active' }),
    request('2', { status: 'stopped' }),
    request('3', { status: 'active', intent: 'plan' }),
    {
      ...request('4', { status: 'active' }),
      resourceType: 'MedicationStatement',
      intent: undefined,
    },
    { ...request('5', { status: 'not-taken' }), resourceType: 'MedicationStatement' },
  ];
  expect(medicationsOf(resources, linker).map(({ resourceId }) => resourceId)).toEqual(['1', '4']);
});

describe('facts of a chart', () => {
  function server(
    lists: Readonly<Record<string, readonly object[] | Error>>,
    single: Readonly<Record<string, object>> = {},
  ) {
    const searches: [string, unknown][] = [];
    const absent = async (): Promise<never> => {
      throw Object.assign(new Error('GET …'), { status: 404 });
    };
    const client: FhirClient = {
      baseUrl: 'https://ehr.example/fhir',
      async *searchPages(type, parameters) {
        searches.push([type, parameters]);
        const list = lists[type] ?? [];
        if (list instanceof Error) throw list;
        for (const resource of list) {
          yield { resourceType: 'Bundle', type: 'searchset', entry: [{ resource }] } as Bundle;
        }
      },
      // biome-ignore lint/correctness/useYield: it has no page to give
      async *followPages() {
        return;
      },
      read: async (reference) => (single[reference] ?? (await absent())) as never,
      readAttachment: absent,
      transaction: absent,
      validate: absent,
    };
    return { client, searches };
  }

  test('are gathered over all pages, with medications that are only referred to', async () => {
    const { client, searches } = server(
      {
        AllergyIntolerance: [allergy(), allergy({ id: 'a2', code: rxnorm('lisinopril') })],
        AdverseEvent: [
          adverseEvent({ suspectEntity: [{ instance: { reference: 'Medication/9' } }] }),
        ],
        MedicationRequest: [
          request('1', {
            status: 'active',
            medicationCodeableConcept: undefined,
            medicationReference: { reference: 'Medication/8' },
          }),
        ],
      },
      { 'Medication/9': { resourceType: 'Medication', id: '9', code: rxnorm('codeine') } },
    );
    const facts = await fetchChartFacts(client, 'p1', linker);
    expect(facts.known.map(({ reference }) => reference)).toEqual([
      'AllergyIntolerance/a1',
      'AllergyIntolerance/a2',
      'AdverseEvent/e1',
    ]);
    expect(facts).toMatchObject({ medications: [], unread: [] });
    expect(Object.fromEntries(searches)).toEqual({
      AllergyIntolerance: { patient: 'Patient/p1' },
      AdverseEvent: { subject: 'Patient/p1' },
      MedicationRequest: { patient: 'Patient/p1' },
      MedicationStatement: { patient: 'Patient/p1' },
    });
  });

  test('of which one list cannot be read name it and hold the others', async () => {
    const error = Object.assign(new Error('GET …'), { status: 403 });
    const { client } = server({ AllergyIntolerance: error, AdverseEvent: [adverseEvent()] });
    const facts = await fetchChartFacts(client, 'p1', linker);
    expect(facts.known).toHaveLength(1);
    expect(facts.unread).toEqual([{ resourceType: 'AllergyIntolerance', error }]);
  });
});

test('an RxNorm code counts over a display that says otherwise', () => {
  const code = { coding: [{ system: RXNORM_SYSTEM, code: '723', display: 'lisinopril' }] };
  expect(ordersOf([request('1', { medicationCodeableConcept: code })], linker)).toMatchObject([
    { ingredients: [ingredient('amoxicillin')] },
  ]);
});
