import { describe, expect, test } from '@jest/globals';
import { findingsOf } from '../../../src/findings/find.ts';
import { aNote, linker, marked } from './fixtures.ts';

/** Kind and drug of each tolerance mention. Events are related to every drug unless `pairs` says otherwise. */
function tolerances(text: string, pairs?: Parameters<typeof marked>[1]): string[] {
  const { text: plain, extraction } = marked(text, pairs);
  return findingsOf(aNote(plain), extraction, linker).tolerances.map(
    ({ kind, drug }) => `${kind} ${drug.text}`,
  );
}

describe('a drug that a note says was tolerated', () => {
  test.each([
    'Tolerating {atorvastatin} well.',
    '{atorvastatin} 10 mg x 2 yrs, tolerates it well, no myalgias.',
    'Oral challenge done. {amoxicillin} tolerated.',
    'Has tolerated {amoxicillin} since.',
    'Takes {atorvastatin} without problems, no muscle pain.',
    'On {lisinopril} for years without any side effects.',
    'No problems with {amoxicillin} last spring.',
    '{lisinopril} agrees with her.',
    'Doing well on {atorvastatin} 20 mg.',
    'Completed 10 days of {amoxicillin} 875 BID last week, no rash or hives, no GI trouble.',
    'Denies side effects from {lisinopril}.',
    'Given {amoxicillin}, no [rash|negated] since.',
    '{amoxicillin} single dose pre-op only, no problems with it.',
  ])('%s', (text) => {
    expect(tolerances(text)).toEqual([expect.stringMatching(/^tolerated /)]);
  });
});

describe('a drug that was not, or that something else is said of', () => {
  test.each([
    'Did not tolerate {atorvastatin}.',
    'Not tolerating {codeine}.',
    'Could not tolerate {codeine}, [nausea].',
    'Unable to tolerate {lisinopril}.',
    '{codeine} was tolerated poorly.',
    '{codeine} intolerance.',
    'Increase {lisinopril} as tolerated.',
    'Maximally tolerated dose of {lisinopril}.',
    'Given {amoxicillin}; tolerated the procedure well.',
    '{codeine} for pain, tolerating a regular diet.',
    'Mother takes {amoxicillin} without problems.',
    'Will start {amoxicillin}, no side effects expected.',
    'Started {amoxicillin}.',
    'Tolerating {lisinopril} well except for [cough].',
    'No known drug allergies. {amoxicillin} prescribed.',
    'Discussed side effects of {atorvastatin}; call if no reaction.',
    'No rash. {amoxicillin} for otitis.',
  ])('%s', (text) => {
    expect(tolerances(text)).toEqual([]);
  });
});

test('only the drug of its own clause is tolerated', () => {
  expect(
    tolerances('Stopped {codeine} for [nausea]; tolerating {acetaminophen} well.', [[0, 0]]),
  ).toEqual(['tolerated acetaminophen']);
  expect(
    tolerances('Tolerating {atorvastatin} well, but {codeine} made her [sick|present].', [[1, 0]]),
  ).toEqual(['tolerated atorvastatin']);
});

test('the same drug is mentioned once', () => {
  expect(tolerances('Tolerated {amoxicillin}. Tolerated {amoxicillin} again.')).toHaveLength(1);
});

describe('a drug under a heading for medications', () => {
  test('is taken', () => {
    expect(tolerances('Medications:\n{lisinopril} 10 mg daily\n{atorvastatin} 20 mg\n')).toEqual([
      'taken lisinopril',
      'taken atorvastatin',
    ]);
  });

  test.each([
    'Medications:\n{lisinopril} - stopped 2019\n',
    'Medications:\n{codeine} (allergic)\n',
    'Medications:\nHOLD {lisinopril}\n',
    'Medications:\n{lisinopril}, causes [cough]\n',
  ])('is not where its line says otherwise: %j', (text) => {
    expect(tolerances(text)).toEqual([]);
  });

  test('is not taken under another heading', () => {
    expect(tolerances('Family History:\nMother on {lisinopril} without problems\n')).toEqual([]);
    expect(tolerances('Plan:\n{lisinopril} 10 mg daily\n')).toEqual([]);
  });
});
