import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pairConfidence } from '../../../src/findings/confidence.ts';
import { LONGEST_QUOTE } from '../../../src/findings/evidence.ts';
import { findingsOf } from '../../../src/findings/find.ts';
import type { Finding } from '../../../src/findings/finding.ts';
import { aNote, linker, marked } from './fixtures.ts';

function find(text: string, pairs?: Parameters<typeof marked>[1], source = {}) {
  const { text: plain, extraction } = marked(text, pairs);
  return findingsOf(aNote(plain, source), extraction, linker);
}

function only(text: string, pairs?: Parameters<typeof marked>[1], source = {}): Finding {
  const { findings } = find(text, pairs, source);
  if (findings.length !== 1 || !findings[0]) throw new Error(`${findings.length} findings`);
  return findings[0];
}

describe('confidence', () => {
  const part = fc.double({ min: 0, max: 1, noNaN: true });

  test('is that of the relation and the entities where they agree, and 0 where one is', () => {
    expect(pairConfidence(0.9, 0.9, 0.9)).toBeCloseTo(0.9, 10);
    expect(pairConfidence(1, 1, 1)).toBe(1);
    expect(pairConfidence(0.99, 0, 0.99)).toBe(0);
  });

  test('lies between the least and the most sure part, and grows with each', () => {
    fc.assert(
      fc.property(part, part, part, part, (relation, drug, event, more) => {
        const confidence = pairConfidence(relation, drug, event);
        expect(confidence).toBeGreaterThanOrEqual(Math.min(relation, drug, event) - 1e-9);
        expect(confidence).toBeLessThanOrEqual(Math.max(relation, drug, event) + 1e-9);
        for (const surer of [
          pairConfidence(Math.max(relation, more), drug, event),
          pairConfidence(relation, Math.max(drug, more), event),
          pairConfidence(relation, drug, Math.max(event, more)),
        ]) {
          expect(surer).toBeGreaterThanOrEqual(confidence);
        }
      }),
    );
  });
});

describe('a related drug and event', () => {
  test('become a finding with codes, confidence, evidence and where it was made', () => {
    const finding = only('HPI:\nSeen today. Developed a [rash] on {amoxicillin}. Went home.', [
      [0, 0, 0.83],
    ]);
    expect(finding.confidence).toBeCloseTo(pairConfidence(0.83, 0.95, 0.9), 10);
    expect(finding).toMatchObject({
      patientId: 'p1',
      drug: { text: 'amoxicillin', confidence: 0.95, link: { kind: 'drug' } },
      event: { text: 'rash', confidence: 0.9, link: { kind: 'event' } },
      assertion: 'present',
      evidence: { quote: 'Developed a rash on amoxicillin.', sectionHeading: 'HPI' },
      drugClasses: ['penicillins', 'beta-lactams', 'antibiotics'],
      seriousness: [],
      modelId: 'model-1',
      vocabularyVersion: 'test-1',
    });
  });

  test('that the vocabulary does not hold are kept as text', () => {
    const finding = only('Got [woozy] on {zyxoral}.');
    expect(finding.drug).toMatchObject({ text: 'zyxoral', link: { kind: 'uncoded' } });
    expect(finding.event).toMatchObject({ text: 'woozy', link: { kind: 'uncoded' } });
    expect(finding).not.toHaveProperty('drugClasses');
  });

  test('carry the assertion and the words that decided it', () => {
    const { text, extraction } = marked('No [rash|negated] on {amoxicillin}.');
    const cue = { start: 0, end: 2, text: 'No' };
    const entities = extraction.entities.map((entity) =>
      entity.type === 'ADE' ? { ...entity, assertionCue: cue } : entity,
    );
    const { findings } = findingsOf(aNote(text), { ...extraction, entities }, linker);
    expect(findings).toMatchObject([{ assertion: 'negated', assertionCue: 'No' }]);
  });

  test('of other kinds of relation are no finding', () => {
    const { text, extraction } = marked('{amoxicillin} for [rash].');
    const relations = extraction.relations.map((one) => ({ ...one, type: 'Reason-Drug' as const }));
    expect(findingsOf(aNote(text), { ...extraction, relations }, linker).findings).toEqual([]);
  });

  test('that stand in the note twice are one finding, at the surest mention', () => {
    const finding = only(
      'Had a [rash] on {amoxicillin}. Again: [rash] from {amoxicillin}, spreading.',
      [
        [0, 0, 0.75],
        [1, 1, 0.95],
      ],
    );
    expect(finding.confidence).toBeCloseTo(pairConfidence(0.95, 0.95, 0.9), 10);
    expect(finding.evidence.quote).toContain('spreading');
  });

  test('that are sure in one place and possible in another are found sure', () => {
    const finding = only(
      'Possible [rash|possible] on {amoxicillin}. So: [rash] from {amoxicillin}.',
      [
        [0, 0, 0.9],
        [1, 1, 0.8],
      ],
    );
    expect(finding.assertion).toBe('present');
  });

  test('that are denied in one place and told in another are two findings', () => {
    const { findings } = find(
      '[rash] on {amoxicillin}. Now no [rash|negated] from {amoxicillin}.',
      [
        [0, 0],
        [1, 1],
      ],
    );
    expect(findings.map(({ assertion }) => assertion)).toEqual(['present', 'negated']);
  });
});

describe('the id', () => {
  const text = 'Developed a [rash] on {amoxicillin}.';

  test('is the same for the same version, spans and codes, and fit for FHIR', () => {
    expect(only(text).id).toBe(only(text).id);
    expect(only(text).id).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each([
    ['server', { server: 'https://other.example/fhir' }],
    ['document', { reference: 'DocumentReference/other' }],
    ['version', { versionId: '2' }],
  ])('is another for another %s', (_, source) => {
    expect(only(text, undefined, source).id).not.toBe(only(text).id);
  });

  test('is another for another place', () => {
    expect(only(`Today: ${text}`).id).not.toBe(only(text).id);
  });
});

describe('evidence', () => {
  test('of drug and event in neighbouring sentences is both', () => {
    const finding = only('Started {amoxicillin} on Monday. Developed a [rash] by Friday. Home.');
    expect(finding.evidence.quote).toBe(
      'Started amoxicillin on Monday. Developed a rash by Friday.',
    );
  });

  test('of drug and event far apart is the sentence of the event', () => {
    const between = 'Nothing to say about this. '.repeat(40);
    const finding = only(`Started {amoxicillin}. ${between}Developed a [rash] by Friday.`);
    expect(finding.evidence.quote).toBe('Developed a rash by Friday.');
  });

  test('of a sentence without end is what stands around drug and event', () => {
    const words = 'word '.repeat(300);
    const finding = only(`${words}[rash] on {amoxicillin} ${words}`);
    expect(finding.evidence.quote.length).toBeLessThanOrEqual(LONGEST_QUOTE);
    expect(finding.evidence.quote).toMatch(/^word .*rash on amoxicillin.* word$/);
  });

  test('points into the attachment through the offset map', () => {
    const { text, extraction } = marked('Developed a [rash] on {amoxicillin}. Went home.');
    // As if each character of the text were a character reference of the mark-up: `&#82;`.
    const note = { ...aNote(text), offsets: { toSource: (offset: number) => 3 + offset * 5 } };
    const { findings } = findingsOf(note, extraction, linker);
    expect(findings[0]?.evidence).toMatchObject({
      start: 0,
      end: 32,
      attachmentSpan: { start: 3, end: 163 },
    });
  });

  test('is always the text at its span, around drug and event where they are near', () => {
    const piece = fc.constantFrom(
      '{amoxicillin}',
      '[rash]',
      'a word ',
      '. ',
      '\n',
      '😀',
      'x'.repeat(90),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const { text, extraction } = marked(pieces.join(''));
        const { findings } = findingsOf(aNote(text), extraction, linker);
        for (const { evidence, event, drug } of findings) {
          expect(evidence.quote).toBe(text.slice(evidence.start, evidence.end));
          expect(evidence.quote.length).toBeLessThanOrEqual(LONGEST_QUOTE);
          expect(evidence.quote.isWellFormed()).toBe(true);
          expect(evidence.start).toBeLessThanOrEqual(event.start);
          expect(evidence.end).toBeGreaterThanOrEqual(event.end);
          const apart = Math.max(event.end, drug.end) - Math.min(event.start, drug.start);
          const sameSentence = !/[.\n]/.test(
            text.slice(Math.min(event.start, drug.start), Math.max(event.end, drug.end)),
          );
          if (sameSentence && apart <= LONGEST_QUOTE) {
            expect(evidence.start).toBeLessThanOrEqual(drug.start);
            expect(evidence.end).toBeGreaterThanOrEqual(drug.end);
          }
        }
      }),
    );
  });
});

describe('severity', () => {
  test.each([
    ['Developed a severe [rash] on {amoxicillin}.', 'severe'],
    ['Developed a severe diffuse itchy [rash] on {amoxicillin}.', 'severe'],
    ['Mild to moderate [nausea] with {codeine}.', 'moderate'],
    ['[rash] on {amoxicillin}, mild.', 'mild'],
    ['[rash] due to {amoxicillin}, mild, improving.', 'mild'],
    ['[rash] on {amoxicillin}, severe pneumonia.', undefined],
    ['{amoxicillin} gave him a [rash], mild.', 'mild'],
    ['{amoxicillin}: the [rash] was severe.', 'severe'],
    ['{amoxicillin} caused [mild rash].', 'mild'],
    ['Severe pneumonia treated with {amoxicillin}, developed [rash].', undefined],
    ['Not severe [rash] on {amoxicillin}.', undefined],
  ] as const)('%s → %s', (text, severity) => {
    expect(only(text).severity).toBe(severity);
  });

  test('of another event is not taken', () => {
    expect(
      only('Severe [cough] from {lisinopril}, then a [rash].', [[0, 1]]).severity,
    ).toBeUndefined();
  });
});

describe('outcome', () => {
  test.each([
    ['[rash] on {amoxicillin}, resolved within days.', 'resolved'],
    ['[rash] on {amoxicillin}. It resolved after the drug was stopped.', 'resolved'],
    ['[cough] on {lisinopril} has not resolved.', 'ongoing'],
    ['Persistent [cough] on {lisinopril}.', 'ongoing'],
    ['[rash] from {amoxicillin}, fading.', 'recovering'],
    ['[angioedema] on {lisinopril} with residual swelling.', 'resolvedWithSequelae'],
    ['Fatal [anaphylaxis] after {amoxicillin}.', 'fatal'],
    ['[rash] on {amoxicillin}. Sinusitis resolved.', undefined],
    ['[rash] on {amoxicillin}.\n\nIt resolved.', undefined],
    ['[cough] on {lisinopril}; call if it has resolved.', undefined],
  ])('%s → %s', (text, outcome) => {
    expect(only(text).outcome).toBe(outcome);
  });
});

describe('seriousness', () => {
  test.each([
    ['Simple [rash] on {amoxicillin}.', []],
    ['[rash] on {amoxicillin}, was admitted overnight.', ['hospitalisation']],
    ['[nausea] from {codeine}. She was hospitalized for two days.', ['hospitalisation']],
    ['[rash] on {amoxicillin}, did not require hospitalization.', []],
    ['[rash] on {amoxicillin}; to avoid admission he was observed.', []],
    ['[anaphylaxis] after {amoxicillin}.', ['other-medically-important']],
    [
      '[angioedema] on {lisinopril}, intubated and taken to the ICU.',
      ['life-threatening', 'other-medically-important'],
    ],
    ['[tongue swelling] on {lisinopril}.', ['other-medically-important']],
    ['Hyponatremia: [hyponatremia] from {lisinopril}.', []],
    ['Severe symptomatic [hyponatremia] from {lisinopril}.', ['other-medically-important']],
    ['[nausea] from {codeine}, she admitted to missing doses.', []],
    ['Patient died of [anaphylaxis] after {amoxicillin}.', ['death', 'other-medically-important']],
    [
      '[hearing loss] from {amoxicillin}, permanent disabling.',
      ['disability', 'other-medically-important'],
    ],
  ])('%s → %j', (text, criteria) => {
    expect(only(text).seriousness).toEqual(criteria);
  });
});
