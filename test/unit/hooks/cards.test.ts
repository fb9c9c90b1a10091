import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isAllergicReaction } from '../../../hooks/allergic-reaction.ts';
import { toCard } from '../../../hooks/cards.ts';
import { cardSchema } from '../../../src/cds-hooks/card.ts';
import { MEDDRA_SYSTEM } from '../../../src/coding/coding.ts';
import { alert, cardContext, finding } from './alerts.ts';

describe('a card for a drug that is being ordered', () => {
  const card = toCard(alert(), cardContext());

  test('is as the specification has it (80–147)', () => {
    expect(cardSchema.parse(card)).toEqual(card);
    expect(card.uuid).toBe('uuid-3');
    expect(card.source).toEqual({
      label: 'Vigilnote',
      topic: expect.objectContaining({ code: 'adverse-drug-reaction-in-notes' }),
    });
    expect(card.links).toEqual([
      {
        label: 'Discharge summary, 2023-04-03',
        url: 'https://ehr.example/fhir/DocumentReference/d1',
        type: 'absolute',
      },
    ]);
    expect(card.overrideReasons?.map(({ code }) => code)).toEqual([
      'tolerated-since',
      'already-known',
      'wrong-patient-or-negated',
      'benefit-outweighs-risk',
    ]);
  });

  test('says in one line what there is', () => {
    expect(card.summary).toBe('Amoxicillin: rash noted 2023-04-03; no allergy recorded');
  });

  test('shows the sentence, its place, the codes and why it is shown', () => {
    expect(card.detail).toBe(
      [
        '> “Developed a diffuse **rash** on **amoxicillin**.”',
        'Discharge summary · Dr. Ann Lee · 2023-04-03 · section Hospital course · [open the document](https://ehr.example/fhir/DocumentReference/d1)',
        '- Drug: amoxicillin (amoxicillin, RxNorm 723)\n- Reaction: rash (Rash, MedDRA PT 10037844)\n- Confidence: high',
        'Shown because Amoxicillin is being ordered and neither an allergy nor an adverse event in the chart records it. Found by software in free text; unverified.',
      ].join('\n\n'),
    );
  });

  test('suggests an unconfirmed allergy, and to remove the draft order', () => {
    expect(card.selectionBehavior).toBe('any');
    const [record, remove] = card.suggestions ?? [];
    expect(record).toEqual({
      label: 'Record an unconfirmed allergy to Amoxicillin',
      uuid: 'uuid-1',
      actions: [
        {
          type: 'create',
          description: 'Create an unconfirmed allergy to Amoxicillin with Rash',
          resource: {
            resourceType: 'AllergyIntolerance',
            meta: { security: [expect.objectContaining({ code: 'AIAST' })] },
            clinicalStatus: { coding: [expect.objectContaining({ code: 'active' })] },
            verificationStatus: { coding: [expect.objectContaining({ code: 'unconfirmed' })] },
            type: 'allergy',
            category: ['medication'],
            code: {
              coding: [
                {
                  system: 'http://www.nlm.nih.gov/research/umls/rxnorm',
                  code: '723',
                  display: 'amoxicillin',
                },
              ],
              text: 'Amoxicillin',
            },
            patient: { reference: 'Patient/p1' },
            recordedDate: '2026-11-20T12:00:00.000Z',
            recorder: { reference: 'Practitioner/lee' },
            note: [
              {
                text: 'Found by software (Vigilnote, model jnrf-test) in free text; unverified. “Developed a diffuse rash on amoxicillin.” (Discharge summary, 2023-04-03, DocumentReference/d1)',
              },
            ],
            reaction: [
              {
                manifestation: [
                  {
                    coding: [{ system: MEDDRA_SYSTEM, code: '10037844', display: 'Rash' }],
                    text: 'rash',
                  },
                ],
              },
            ],
          },
        },
      ],
    });
    expect(remove).toEqual({
      label: 'Remove the draft order for Amoxicillin 500 mg capsule',
      uuid: 'uuid-2',
      actions: [
        {
          type: 'delete',
          description: 'Delete the draft order for Amoxicillin 500 mg capsule',
          resourceId: 'MedicationRequest/draft-1',
        },
      ],
    });
  });
});

const nausea = finding(
  { id: 'f2' },
  {
    quote: 'Nausea with amoxicillin.',
    event: 'Nausea',
    eventCoding: { system: MEDDRA_SYSTEM, code: '10028813', display: 'Nausea' },
  },
);

test('a reaction that is no allergy is suggested as an AdverseEvent', () => {
  const { order: _order, ...patientView } = alert({ findings: [nausea], matchedBy: 'patient' });
  const card = toCard(patientView, cardContext({ hook: 'patient-view' }));
  expect(card.summary).toBe('Amoxicillin: nausea noted 2023-04-03; not recorded in the chart');
  expect(card.selectionBehavior).toBe('at-most-one');
  expect(card.suggestions).toHaveLength(1);
  expect(card.suggestions?.[0]?.actions?.[0]?.resource).toMatchObject({
    resourceType: 'AdverseEvent',
    meta: { security: [{ code: 'AIAST' }] },
    subject: { reference: 'Patient/p1' },
    event: { coding: [{ code: '10028813' }] },
  });
});

test('several reactions: the further places are told, the allergy holds each reaction once', () => {
  const hives = finding(
    { id: 'f3', severity: 'severe', seriousness: ['hospitalisation'] },
    { quote: 'hives (amoxicillin)', event: 'hives', eventCoding: null },
  );
  const card = toCard(
    alert({ findings: [finding(), hives, nausea, finding({ id: 'f4' })] }),
    cardContext(),
  );
  expect(card.summary).toBe('Amoxicillin: rash and 2 more noted 2023-04-03; no allergy recorded');
  expect(card.detail).toContain(
    'Also in 3 further places: hives, Discharge summary, 2023-04-03; Nausea',
  );
  const [allergy, event] = card.suggestions ?? [];
  const resource = allergy?.actions?.[0]?.resource as unknown as {
    criticality: string;
    reaction: { severity?: string; manifestation: { text: string; coding?: unknown }[] }[];
  };
  expect(resource.criticality).toBe('high');
  expect(resource.reaction.map(({ manifestation }) => manifestation[0]?.text)).toEqual([
    'rash',
    'hives',
  ]);
  expect(resource.reaction[1]).toEqual({ manifestation: [{ text: 'hives' }], severity: 'severe' });
  expect(event?.label).toBe('Record Nausea as an adverse event of Amoxicillin');
});

test('a match by class alone is one line that suggests nothing', () => {
  const card = toCard(
    alert({
      matchedBy: 'class',
      order: {
        ingredients: [{ ...alert().ingredients[0], code: '2231' } as never],
        text: 'cefalexin',
      },
    }),
    cardContext({ classesOf: () => ['beta-lactams'] }),
  );
  expect(card.summary).toBe('Cefalexin / Amoxicillin: rash noted 2023-04-03 (same class)');
  expect(card.suggestions).toBeUndefined();
  expect(card.selectionBehavior).toBeUndefined();
  expect(card.detail).toMatch(/^Cefalexin is of the same class \(beta-lactams\) as Amoxicillin: “/);
  expect(card.detail).not.toContain('\n');
});

test('what could not be read is said on the card', () => {
  const card = toCard(
    alert(),
    cardContext({
      pendingNotes: 3,
      unreadableNotes: {
        count: 2,
        server: 'https://ehr.example/fhir',
        references: ['DocumentReference/d7', 'DocumentReference/x](javascript:y'],
      },
      unreadParts: ['allergy list'],
    }),
  );
  expect(card.summary).toBe('Amoxicillin: rash noted 2023-04-03; allergy list not readable');
  expect(card.detail).toContain(
    'The allergy list could not be read: this reaction may be recorded there.',
  );
  expect(card.detail).toContain('3 notes still being read.');
  expect(card.detail).toContain(
    '2 notes could not be read: [DocumentReference/d7](https://ehr.example/fhir/DocumentReference/d7) and others.',
  );
});

test('an unsure note, and a document that is no server’s, are told as such', () => {
  const unsure = finding({ assertion: 'possible', assertionCue: 'may be', confidence: 0.6 });
  const local = {
    ...unsure,
    evidence: { ...unsure.evidence, source: { ...unsure.evidence.source, server: 'prefetch:1' } },
  };
  const card = toCard(alert({ findings: [local] }), cardContext());
  expect(card.summary).toContain('possible rash noted');
  expect(card.detail).toContain('- Confidence: low; the note is not sure (“may be”)');
  expect(card.detail).not.toContain('[open the document]');
  expect(card.links).toBeUndefined();
});

test('a long passage is quoted around drug and event', () => {
  const quote = `${'before '.repeat(100)}rash on amoxicillin ${'after '.repeat(100)}`;
  const card = toCard(alert({ findings: [finding({}, { quote })] }), cardContext());
  const line = card.detail?.split('\n')[0] ?? '';
  expect(line).toMatch(/^> “… (before )+\*\*rash\*\* on \*\*amoxicillin\*\*( after)+ …”$/);
  expect(line.length).toBeLessThan(420);
});

test('whatever the names, the card is as the specification has it, and its lines are those it was made of', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(word, word, word, word, (drug, event, quote, author) => {
      const hostile = finding(
        {},
        { drug, event, quote: `${drug} ${quote} ${event}`, eventCoding: null },
      );
      const { source } = hostile.evidence;
      const named = {
        ...hostile,
        evidence: { ...hostile.evidence, source: { ...source, author, typeText: event } },
      };
      const card = toCard(
        alert({ drugDisplay: drug, findings: [named], order: { ingredients: [], text: drug } }),
        cardContext(),
      );
      // A name of nothing but controls would leave a label empty; names have letters.
      fc.pre(/[\p{L}\p{N}]/u.test(drug) && /[\p{L}\p{N}]/u.test(event));
      cardSchema.parse(card);
      expect(card.summary).not.toMatch(/[<>\p{Cc}]/u);
      expect(card.detail?.split('\n\n')).toHaveLength(4);
      expect(card.detail?.replaceAll('\n> ', '')).not.toMatch(/<[a-z/!]/i);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['Rash', true],
  ['Urticaria', true],
  ['Anaphylactic reaction', true],
  ['Angioedema', true],
  ['swelling of the lips', true],
  ['tongue swelling', true],
  ['Stevens-Johnson syndrome', true],
  ['Drug reaction with eosinophilia and systemic symptoms', true],
  ['Nausea', false],
  ['Cough', false],
  ['Gastrointestinal haemorrhage', false],
  ['ankle swelling', false],
  ['crash', false],
])('%s belongs in AllergyIntolerance: %s', (text, expected) => {
  expect(isAllergicReaction({ text, link: { kind: 'uncoded' } })).toBe(expected);
});
