import { expect, test } from '@jest/globals';
import { scoreAssertions, scoreNegex } from '../../../../src/extraction/assertion/evaluate.ts';

const note = (text: string, event: string, assertion: 'present' | 'negated' | 'historical') => {
  const start = text.indexOf(event);
  return {
    text,
    layout: { sections: [], sentences: [{ start: 0, end: text.length }] },
    events: [{ span: { start, end: start + event.length }, drugs: [], assertion }],
  };
};

test('counts what the rules say against what a reader said', () => {
  const scores = scoreAssertions([
    note('A rash on amoxicillin.', 'rash', 'present'),
    note('No rash on amoxicillin.', 'rash', 'negated'),
    note('Rash, now worse.', 'Rash', 'historical'),
    note('No cough.', 'cough', 'present'),
  ]);
  expect(scores).toMatchObject({ events: 4, accuracy: 0.5 });
  const by = Object.fromEntries(scores.values.map((value) => [value.value, value]));
  // Said present twice, once rightly, of two that are; negated twice, once rightly, of one.
  expect(by.present).toMatchObject({ support: 2, precision: 0.5, recall: 0.5, f1: 0.5 });
  expect(by.negated).toMatchObject({ support: 1, precision: 0.5, recall: 1 });
  expect(by.negated?.f1).toBeCloseTo(2 / 3, 9);
  expect(by.historical).toMatchObject({ support: 1, recall: 0, f1: 0 });
  expect(by.family).toBeUndefined();
  expect(scores.macroF1).toBeCloseTo((0.5 + 2 / 3 + 0) / 3, 9);
});

test('the NegEx set is scored as negated against all else', () => {
  const sentence = 'No FEVER was seen, possible PNEUMONIA.';
  const concept = (text: string) => {
    const start = sentence.indexOf(text);
    return { start, end: start + text.length };
  };
  const scores = scoreNegex([
    { sentence, concept: concept('FEVER'), negated: true },
    { sentence: 'Possible PNEUMONIA.', concept: { start: 9, end: 18 }, negated: false },
  ]);
  expect(scores.accuracy).toBe(1);
  expect(scores.values.map(({ value, f1 }) => [value, f1])).toEqual([
    ['negated', 1],
    ['affirmed', 1],
  ]);
});
