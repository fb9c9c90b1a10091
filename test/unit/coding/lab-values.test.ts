import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Linker } from '../../../src/coding/coding.ts';
import { labFinding } from '../../../src/coding/lab-values.ts';
import { openVocabulary } from '../../../src/coding/open.ts';

let linker: Linker;
beforeAll(async () => {
  linker = await openVocabulary();
});

describe('a bare value outside every normal range is a finding', () => {
  test.each([
    ['K 2.9', 'Hypokalemia'],
    ['potassium of 6.1', 'Hyperkalemia'],
    ['K+ 5.9', 'Hyperkalemia'],
    ['Na 138 -> 126', 'Hyponatremia'],
    ['sodium was 152', 'Hypernatremia'],
    ['BP 84/40', 'Hypotension'],
    ['systolic of 70', 'Hypotension'],
    ['BP 204/110', 'Hypertension'],
    ['temp 38.4', 'Fever'],
    ['T 102.1 F', 'Fever'],
    ['QTc 512 ms', 'Electrocardiogram QT corrected interval prolonged'],
    ['INR 7.2', 'INR increased'],
    ['platelets 61', 'Platelet count decreased'],
    ['sugars in the 340', 'Hyperglycemia'],
    ['glucose 42', 'Hypoglycemia'],
    ['sat 84', 'Hypoxia'],
  ])('%s → %s', (text, term) => {
    expect(linker.linkEvent(text)).toMatchObject({
      concept: { display: term },
      method: 'normalised',
      score: 0.85,
    });
  });
});

describe('a value that says nothing sure is left alone', () => {
  test.each([
    'K 4.1',
    'K 3.4',
    'Na 135',
    'BP 124/76',
    'BP 150/90',
    'temp 37.2',
    'temp 98.6',
    'QTc 440',
    'INR 2.5',
    'platelets 220',
    'glucose 110',
    'glucose 12',
    'sat 96',
    'K 40',
    'Na 12',
    'K',
    '2.9',
    'Mg 1.1',
    'vitamin K 5',
    'K-ciclosporin 300',
    '',
  ])('%j', (text) => {
    expect(labFinding(text)).toBeUndefined();
  });
});
