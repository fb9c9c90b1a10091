import { describe, expect, test } from '@jest/globals';
import { type Asserted, assertionOf } from '../../../../src/extraction/assertion/assertion.ts';
import type { Assertion } from '../../../../src/extraction/extraction.ts';
import type { NoteLayout, SectionKind, TextSpan } from '../../../../src/notes/note.ts';

/** `[event]` is the event that is asked about, `{drug}` a drug that it is related to. */
function read(marked: string): { text: string; event: TextSpan; drugs: TextSpan[] } {
  let text = '';
  let event: TextSpan = { start: 0, end: 0 };
  const drugs: TextSpan[] = [];
  for (const [, plain, eventText, drugText] of marked.matchAll(
    /([^[{]+)|\[([^\]]*)\]|\{([^}]*)\}/g,
  )) {
    const span = { start: text.length, end: text.length + (eventText ?? drugText ?? '').length };
    if (eventText !== undefined) event = span;
    if (drugText !== undefined) drugs.push(span);
    text += plain ?? eventText ?? drugText ?? '';
  }
  return { text, event, drugs };
}

/** Sentences end at a full stop before a space; the one section is of this kind. */
function layoutOf(text: string, kind: SectionKind, heading?: string): NoteLayout {
  const sentences = [...text.matchAll(/\S.*?(?:[.!?](?=\s|$)|$)/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
  const section = {
    start: 0,
    end: text.length,
    bodyStart: 0,
    kind,
    ...(heading !== undefined && { heading }),
  };
  return { sections: [section], sentences };
}

function asserted(marked: string, kind: SectionKind = 'other', heading?: string): Asserted {
  const { text, event, drugs } = read(marked);
  expect(event.end).toBeGreaterThan(0);
  return assertionOf(text, layoutOf(text, kind, heading), event, drugs);
}

describe.each<[Assertion, readonly string[]]>([
  [
    'present',
    [
      'She developed a [rash] on {amoxicillin}.',
      'The [rash] has resolved since {amoxicillin} was stopped.',
      'Acute [kidney injury] secondary to {ibuprofen}.',
      'He has not improved, and the [cough] from {lisinopril} goes on.',
      'No fever. [Hives] after the second dose of {cefazolin}.',
      'No change in the [tremor] with a lower dose of {lithium}.',
      'No doubt the [bleeding] is the {warfarin}.',
      'INTERVAL HISTORY: [fatigue] and weight gain on {amiodarone}.',
      'He could not tolerate {metformin} because of [diarrhea].',
      'Unable to sleep, [restless] on {prednisone}.',
      'Stop {naproxen}, the cause of the [ulcer].',
      'Gram negative sepsis, and [neutropenia] from {chemotherapy}.',
      'His mother says he was [sleepy] on {clobazam}.',
      'Denies chest pain but has [leg swelling] from {amlodipine}.',
      'No known drug allergies. [Nausea] with {codeine} today.',
      'Not only a [rash] but fever with {phenytoin}.',
    ],
  ],
  [
    'negated',
    [
      'No [rash] with {amoxicillin}.',
      'She denies any [side effects] of {metformin}.',
      'Tolerated {penicillin} without [reaction].',
      'He has had no nausea, vomiting or [diarrhea] on {metformin}.',
      '{Warfarin} continued, no signs of [bleeding].',
      'There was no evidence of [hepatotoxicity] from {isoniazid}.',
      'The {statin} has never given her [muscle pain].',
      '{Heparin} flushes: [thrombocytopenia] was ruled out.',
      'Negative for [proteinuria] on {lithium}.',
      "The {cephalexin} didn't [upset her stomach].",
      'Free of [cough] on {losartan}.',
      '[Angioedema] from {lisinopril} was not seen.',
      'Says {gabapentin} is fine, w/o [drowsiness].',
    ],
  ],
  [
    'hypothetical',
    [
      '{Oxycodone} may cause [drowsiness].',
      'Watch for [rash] on {lamotrigine}.',
      'Return if you have [hives] from the {antibiotic}.',
      'The risks of {steroids}, including [high blood sugar], were explained.',
      'We discussed [weight gain] with {mirtazapine}.',
      'Told of [dizziness] with {tamsulosin}.',
      'Call us right away for [bleeding] on {apixaban}.',
      'Monitor closely for [hyperkalemia] with {spironolactone}.',
      '{Prednisone} can [raise blood sugar].',
      'We went over [muscle aches] as a possible side effect of {statins}.',
      'Mom understands that [diarrhea] may occur with {amoxicillin}.',
      'He worries about [hair loss] from {methotrexate}.',
      'Low dose to avoid [hypotension] with {lisinopril}.',
      '[Cough] may occur with {ramipril}.',
      'Side effects of {spironolactone} such as [breast tenderness] were reviewed.',
    ],
  ],
  [
    'possible',
    [
      'A new [rash], ?{amoxicillin}.',
      'Possible [rash] from {amoxicillin}.',
      'The [edema] is likely due to {amlodipine}.',
      '?[neutropenia] from {clozapine}.',
      '{Lisinopril} on his list, [cough] may be due to it.',
      'Suspected [drug fever] on {cefepime}.',
      'We cannot exclude [hepatitis] from {isoniazid}.',
      'Her [confusion] could be related to {oxybutynin}.',
      'Probable [pancreatitis] from {azathioprine}.',
      '{Ropinirole} nightly: [sleep eating]?',
    ],
  ],
  [
    'historical',
    [
      'History of [rash] with {amoxicillin}.',
      'H/o [anaphylaxis] to {penicillin}.',
      'He had [hives] with {penicillin} as a child.',
      '{Lisinopril} in 2015: [cough].',
      'Allergic to {codeine}, which causes [nausea].',
      'She previously had [muscle pain] on {simvastatin}.',
      'Years ago {sulfa} gave him a [blistering rash].',
      '{Lisinopril} was stopped last year because of [dry cough].',
      'Prior [bleeding ulcer] on {naproxen}.',
      '[Rash] to {cephalexin} in the past.',
      'Intolerance of {statins} ([myalgia]).',
    ],
  ],
  [
    'family',
    [
      'His mother had a [clot] on {estrogen}.',
      'Mom had [hives] from {cefaclor}.',
      "A brother's [face swelled] on {enalapril}.",
      'Sister with [hives] from {penicillin}.',
      'Family history of [malignant hyperthermia] with {succinylcholine}.',
      'A maternal aunt had [seizures] from {imipenem}.',
      'Father: no trouble, uncle: [deafness] from {gentamicin}.',
    ],
  ],
])('%s', (expected, sentences) => {
  test.each(sentences)('%s', (marked) => {
    expect(asserted(marked).assertion).toBe(expected);
  });
});

describe('scope', () => {
  test('ends with the sentence', () => {
    expect(asserted('No rash. [Hives] on {cefazolin}.').assertion).toBe('present');
  });

  test.each(['but', 'however', 'although', 'except for', ';'])('ends at %j', (terminator) => {
    expect(asserted(`No fever ${terminator} [hives] on {cefazolin}.`).assertion).toBe('present');
  });

  test('of words after the event reaches back to a terminator', () => {
    expect(asserted('[Rash] with {cefazolin}, but hepatitis was ruled out.').assertion).toBe(
      'present',
    );
  });

  test('words inside the event are not cues', () => {
    expect(asserted('He had [no appetite] on {digoxin}.').assertion).toBe('present');
  });

  test('a drug that is forbidden does not negate its reaction', () => {
    expect(asserted('No {NSAIDs} ([bleeding ulcer]).').assertion).not.toBe('negated');
  });
});

describe('headings', () => {
  test.each<[SectionKind, string, Assertion]>([
    ['allergies', 'Penicillin: [rash].', 'historical'],
    ['past-history', '[Angioedema] with {lisinopril}.', 'historical'],
    ['family-history', '[Hives] with {penicillin}.', 'family'],
    ['instructions', '[Drowsiness] with {oxycodone}.', 'hypothetical'],
    ['assessment', '[Rash] from {amoxicillin}.', 'present'],
    ['medications', '{Gabapentin} at night, [dizzy].', 'present'],
  ])('%s decides where no word does', (kind, marked, expected) => {
    const { assertion, cue } = asserted(marked, kind);
    expect(assertion).toBe(expected);
    expect(cue).toBeUndefined();
  });

  test('words win over the heading', () => {
    expect(asserted('Contrast: no [reaction], entered in error.', 'allergies').assertion).toBe(
      'negated',
    );
    expect(asserted('Aspirin: possible [wheeze].', 'allergies').assertion).toBe('possible');
  });

  test('a heading that the layout has no kind for still tells', () => {
    expect(asserted('Zocor: [muscle aches].', 'other', 'Adverse drug reactions').assertion).toBe(
      'historical',
    );
  });

  test.each(['O: ', 'Imp ', 'A/P:', '1. HTN: '])('a list of allergies ends before %j', (label) => {
    const marked = `Penicillin hives\n${label}[rash] on {amoxicillin}`;
    expect(asserted(marked, 'allergies').assertion).toBe('present');
  });

  test('a new entry in the list of allergies is of now', () => {
    expect(asserted('NEW this stay: {ketorolac}, [kidney injury].', 'allergies').assertion).toBe(
      'present',
    );
  });
});

describe('the cue', () => {
  test('is the words that decided, where they stand', () => {
    const marked = 'Stable. She denies any [nausea] on {metformin}.';
    const { text } = read(marked);
    const { cue } = asserted(marked);
    expect(cue?.text).toBe('denies');
    expect(text.slice(cue?.start, cue?.end)).toBe('denies');
  });

  test('is absent where nothing decided', () => {
    expect(asserted('[Rash] on {amoxicillin}.')).toEqual({ assertion: 'present' });
  });
});

describe('texts without layout', () => {
  const nothing: NoteLayout = { sections: [], sentences: [] };

  test('the line is the sentence', () => {
    const text = 'No fever\nRash on amoxicillin\nno cough';
    expect(assertionOf(text, nothing, { start: 9, end: 13 }).assertion).toBe('present');
    expect(assertionOf(text, nothing, { start: 32, end: 37 }).assertion).toBe('negated');
  });

  test('an event at the very ends', () => {
    expect(assertionOf('rash', nothing, { start: 0, end: 4 }).assertion).toBe('present');
  });

  test('an event over two sentences sees both', () => {
    const text = 'No rash\nor hives.';
    const layout = {
      sections: [],
      sentences: [
        { start: 0, end: 7 },
        { start: 8, end: 17 },
      ],
    };
    expect(assertionOf(text, layout, { start: 3, end: 16 }).assertion).toBe('negated');
  });
});
