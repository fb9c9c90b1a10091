import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { layoutOf } from '../../../src/notes/layout.ts';
import { readAttachment } from '../../../src/notes/read-attachment.ts';

const sections = (text: string) =>
  layoutOf(text).sections.map(({ heading, kind }) => [heading, kind]);
const sentences = (text: string) =>
  layoutOf(text).sentences.map(({ start, end }) => text.slice(start, end));
const ofHtml = (html: string) => {
  const { text, layout } = readAttachment({ contentType: 'text/html', bytes: Buffer.from(html) });
  return layout.sections.map(({ heading, kind, bodyStart, end }) => [
    heading,
    kind,
    text.slice(bodyStart, end).trim(),
  ]);
};

describe('headings', () => {
  test.each<[string, string, [string | undefined, string][]]>([
    ['capitals with a colon', 'ALLERGIES:\nPenicillin', [['ALLERGIES', 'allergies']]],
    ['capitals alone', 'ALLERGIES\n\nPenicillin', [['ALLERGIES', 'allergies']]],
    [
      'title case',
      'History of Present Illness\nMs. R fell.',
      [['History of Present Illness', 'history-of-present-illness']],
    ],
    [
      'beside their text',
      'HPI: fell.\nFH: father MI.',
      [
        ['HPI', 'history-of-present-illness'],
        ['FH', 'family-history'],
      ],
    ],
    [
      'Markdown',
      '## Allergies\nnone\n**Plan**\nrest\n**Meds:** none',
      [
        ['Allergies', 'allergies'],
        ['Plan', 'plan'],
        ['Meds', 'medications'],
      ],
    ],
    ['brackets', '[ALLERGIES]\nnone', [['ALLERGIES', 'allergies']]],
    ['underlined', 'Something else\n==============\nText', [['Something else', 'other']]],
    [
      'numbered',
      '1. ALLERGIES\nnone\n2. PLAN:\nrest',
      [
        ['ALLERGIES', 'allergies'],
        ['PLAN', 'plan'],
      ],
    ],
    [
      'in one line',
      'PMH: asthma. FH: celiac in sister. SH: nurse.',
      [
        ['PMH', 'past-history'],
        ['FH', 'family-history'],
        ['SH', 'other'],
      ],
    ],
    [
      'without a colon',
      'PMH AF, CKD\nFH nil relevant\nSH ex-smoker',
      [
        ['PMH', 'past-history'],
        ['FH', 'family-history'],
        ['SH', 'other'],
      ],
    ],
    [
      'with remarks',
      'Allergies (reviewed today):\nnone',
      [['Allergies (reviewed today)', 'allergies']],
    ],
    [
      'in other words',
      'Allergy list in chart: morphine (itching)',
      [['Allergy list in chart', 'allergies']],
    ],
    [
      'medication allergies, which are no medications',
      'MEDICATION ALLERGIES:\nnone',
      [['MEDICATION ALLERGIES', 'allergies']],
    ],
    [
      'family history, which is no past history',
      'PAST FAMILY HISTORY:\nx',
      [['PAST FAMILY HISTORY', 'family-history']],
    ],
    [
      'SOAP',
      'S: itchy\nO: rash\nA: allergy\nP: stop',
      [
        ['S', 'history-of-present-illness'],
        ['O', 'other'],
        ['A', 'assessment'],
        ['P', 'plan'],
      ],
    ],
    [
      'unknown capitals',
      'Tall and well today.\n\nNEUROCHECKS\nIntact.',
      [
        [undefined, 'other'],
        ['NEUROCHECKS', 'other'],
      ],
    ],
    [
      'unknown, capitalised before a colon',
      'x\n\nThings Seen:\nIntact.',
      [
        [undefined, 'other'],
        ['Things Seen', 'other'],
      ],
    ],
    [
      'the text before any',
      'Seen today.\nPlan: rest.',
      [
        [undefined, 'other'],
        ['Plan', 'plan'],
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(sections(text)).toEqual(expected);
  });

  test.each([
    ['a sentence', 'She has allergies.\nThe plan is rest.'],
    ['a list of drugs in capitals', 'PENICILLIN\nSULFA'],
    ['a system that begins with P', 'N: alert\nP: RA.'],
    [
      'a long line',
      `${'Allergies and what they mean to me in a sentence that goes on '.repeat(2)}: x`,
    ],
    ['the head of a table', 'Drug      Reaction\n-----------------\nSulfa     rash'],
    ['a clock', 'Seen at 10: 30 today'],
    ['a word inside of a line', 'no change in plan: go on'],
  ])('are not: %s', (_, text) => {
    expect(sections(text)).toEqual([[undefined, 'other']]);
  });

  test('in HTML are what the mark-up says', () => {
    expect(
      ofHtml(
        '<h2>Drug Reactions</h2><p>Sulfa: rash</p><h3>Odds and ends</h3><p>x</p>' +
          '<p><b>Allergies</b></p><p>None</p><p><b>Family history:</b> none</p>' +
          '<p>No <b>plan</b> yet.</p>',
      ),
    ).toEqual([
      ['Drug Reactions', 'allergies', 'Sulfa: rash'],
      ['Odds and ends', 'other', 'x'],
      ['Allergies', 'allergies', 'None'],
      ['Family history', 'family-history', 'none\n\nNo plan yet.'],
    ]);
  });

  test('the body begins after heading, colon and white space', () => {
    const text = '  Allergies :\n\n  Sulfa\n';
    expect(layoutOf(text).sections).toEqual([
      {
        start: 0,
        end: text.length,
        heading: 'Allergies',
        kind: 'allergies',
        bodyStart: text.indexOf('Sulfa'),
      },
    ]);
  });
});

describe('sentences', () => {
  test.each<[string, string, string[]]>([
    ['end at full stops', 'She fell. No rash! Sure?', ['She fell.', 'No rash!', 'Sure?']],
    [
      'not in decimals and doses',
      'Cr 1.5 on 0.5 mg q.4h. p.r.n. pain. Then 2.',
      ['Cr 1.5 on 0.5 mg q.4h. p.r.n. pain.', 'Then 2.'],
    ],
    [
      'not after titles and abbreviations',
      'Mr. R. saw Dr. Smith, approx. two wks. ago, e.g. once vs. twice.',
      ['Mr. R. saw Dr. Smith, approx. two wks. ago, e.g. once vs. twice.'],
    ],
    [
      'after abbreviations before a capital',
      'Took 5 mg b.i.d. She slept. Gave 500 mg. Then more.',
      ['Took 5 mg b.i.d.', 'She slept.', 'Gave 500 mg.', 'Then more.'],
    ],
    ['not after initials', 'Seen by John F. Kennedy.', ['Seen by John F. Kennedy.']],
    [
      'after a vitamin',
      'Takes vitamin D. She has hepatitis C. He left.',
      ['Takes vitamin D.', 'She has hepatitis C.', 'He left.'],
    ],
    [
      'with what closes them',
      'She said "it burns." (She left.) Then',
      ['She said "it burns."', '(She left.)', 'Then'],
    ],
    ['also in small letters', 'no rash. stopped drug.', ['no rash.', 'stopped drug.']],
    ['also without a space', 'The rash resolved.She left.', ['The rash resolved.', 'She left.']],
    [
      'not at a question in front',
      'AV block. ? bradycardia from timolol',
      ['AV block.', '? bradycardia from timolol'],
    ],
    [
      'not after a list number',
      '1. Stop it. Go on.\n2. Rest.',
      ['1. Stop it.', 'Go on.', '2. Rest.'],
    ],
    [
      'at dots only before a capital',
      'Wait... what. So... Then',
      ['Wait... what.', 'So...', 'Then'],
    ],
    ['at list items', '- one\n- two\n• three', ['- one', '- two', '• three']],
    [
      'at short lines',
      'aspirin 81\nmetoprolol 25 bid\natorvastatin',
      ['aspirin 81', 'metoprolol 25 bid', 'atorvastatin'],
    ],
    ['at empty lines', 'She fell\n\nand rose', ['She fell', 'and rose']],
    ['at headings', 'PLAN\nrest\nAllergies: none', ['PLAN', 'rest', 'Allergies: none']],
    [
      'at rows of a table',
      'sulfa      rash all over the body, 2014          clinic\nniacin     flushing, at once, severe one         home',
      [
        'sulfa      rash all over the body, 2014          clinic',
        'niacin     flushing, at once, severe one         home',
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(sentences(text)).toEqual(expected);
  });

  test.each(['\n', '\r\n', '\n  '])('go on in wrapped lines (%j)', (end) => {
    const words = `She took amoxicillin for a week and on the eighth${end}day broke out in hives that itched all over her${end}back. It passed.`;
    const found = sentences(words);
    expect(found).toHaveLength(2);
    expect(found[1]).toBe('It passed.');
  });

  test('go on in the lines of a list item that stand further in', () => {
    expect(sentences('- stop it\n  at once\n- rest')).toEqual(['- stop it\n  at once', '- rest']);
  });
});

describe('every layout', () => {
  const line = fc.oneof(
    fc.constantFrom(
      '',
      '  ',
      'ALLERGIES:',
      'Allergies: sulfa. FH: none. SH: x',
      '## Plan',
      '**Meds:** none',
      '======',
      '- item one. two',
      '    further in',
      'PENICILLIN',
      'a | b',
      'FH nil',
      'S: x',
      'A: y',
      'P: z',
      'She took amoxicillin for a week and on the eighth day broke out',
    ),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({ unit: fc.constantFrom(...'aB .:;?!()-#*[]1\t'.split('')), maxLength: 30 }),
  );
  const note = fc
    .tuple(fc.array(line, { maxLength: 15 }), fc.constantFrom('\n', '\r\n', '\r', '\f', '\u2028'))
    .map(([lines, end]) => lines.join(end));

  test('has sections that cover the text in order and without gaps', () => {
    fc.assert(
      fc.property(note, (text) => {
        let at = 0;
        for (const section of layoutOf(text).sections) {
          expect(section.start).toBe(at);
          expect(section.bodyStart).toBeGreaterThanOrEqual(section.start);
          expect(section.bodyStart).toBeLessThanOrEqual(section.end);
          if (section.heading !== undefined) {
            expect(text.slice(section.start, section.bodyStart)).toContain(section.heading);
          }
          at = section.end;
        }
        expect(at).toBe(text.length);
      }),
      { numRuns: 1000 },
    );
  });

  test('has sentences in order that hold every visible character and cross no section', () => {
    fc.assert(
      fc.property(note, (text) => {
        const { sections: all, sentences: found } = layoutOf(text);
        let at = 0;
        for (const { start, end } of found) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          expect(text.slice(at, start).trim()).toBe('');
          expect(text.slice(start, end).trim()).toHaveLength(end - start);
          const section = all.find((one) => one.start <= start && start < one.end);
          expect(section?.end).toBeGreaterThanOrEqual(end);
          at = end;
        }
        expect(text.slice(at).trim()).toBe('');
      }),
      { numRuns: 1000 },
    );
  });

  test('of a large note on one line, or on many, is made without recursion', () => {
    expect(layoutOf('Rash. '.repeat(200_000)).sentences).toHaveLength(200_000);
    expect(layoutOf('Rash.\n'.repeat(200_000)).sentences).toHaveLength(200_000);
    expect(layoutOf('Ok. FH: x. '.repeat(150_000)).sections.length).toBeGreaterThan(100_000);
    expect(layoutOf(`a${' '.repeat(300_000)}b`).sentences).toHaveLength(1);
  });
});
