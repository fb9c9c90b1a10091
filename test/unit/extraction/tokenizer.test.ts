import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WordPieceTokenizer } from '../../../src/extraction/tokenizer.ts';
import { readGolden, readGzip } from './goldens.ts';

interface TokenizerGolden {
  readonly cases: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly offsetsUtf16: readonly (readonly [number, number])[];
  }[];
}

const vocabulary = readFileSync(new URL('../../../models/jnrf/vocab.txt', import.meta.url), 'utf8');
const tokenizer = WordPieceTokenizer.fromVocabularyFile(vocabulary);
const words = vocabulary.trimEnd().split('\n');

function encode(text: string): { tokens: string[]; offsets: number[][] } {
  const { ids, starts, ends } = tokenizer.encode(text);
  return {
    tokens: [...ids].map((id) => words[id] as string),
    offsets: [...starts].map((start, i) => [start, ends[i] as number]),
  };
}

describe('equal to the reference tokenizer', () => {
  const { cases } = readGolden<TokenizerGolden>('tokenizer');

  test('there are golden cases', () => {
    expect(cases.length).toBeGreaterThan(300);
  });

  test.each(cases.map((golden, i) => [i, golden] as const))('case %i', (_, golden) => {
    const { ids, starts, ends } = tokenizer.encode(golden.text);
    expect([...ids]).toEqual(golden.ids);
    expect([...starts].map((start, i) => [start, ends[i]])).toEqual(golden.offsetsUtf16);
  });

  // What the reference does with every code point there is, between two letters.
  const everyCodePoint = readGzip(new URL('./fixtures/code-points.json.gz', import.meta.url)) as {
    readonly counts: readonly [first: number, last: number, tokens: number][];
  };

  test('each code point splits, joins or disappears as there', () => {
    const wrong: string[] = [];
    for (const [first, last, expected] of everyCodePoint.counts) {
      // Many in one text: a call for each of a million would be most of the time.
      for (let from = first; from <= last; from += 4096) {
        const words = Array.from(
          { length: Math.min(4096, last - from + 1) },
          (_, i) => `a${String.fromCodePoint(from + i)}b`,
        );
        const { length } = tokenizer.encode(words.join(' ')).ids;
        if (length !== expected * words.length) wrong.push(from.toString(16));
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('words', () => {
  test('an accent goes, and the offsets keep it', () => {
    expect(encode('Ménière’s')).toEqual({
      tokens: ['men', '##iere', '’', 's'],
      offsets: [
        [0, 3],
        [3, 7],
        [7, 8],
        [8, 9],
      ],
    });
  });

  test('a combining mark that is left out stands outside its word', () => {
    expect(encode('e\u0301 x').offsets).toEqual([
      [0, 1],
      [3, 4],
    ]);
  });

  test('a soft hyphen and a zero-width space leave no trace in a word', () => {
    expect(encode('ra\u00ADsh')).toEqual({ tokens: ['rash'], offsets: [[0, 5]] });
    expect(encode('\u200Brash')).toEqual({ tokens: ['rash'], offsets: [[1, 5]] });
  });

  test('≠ comes apart into a sign and a mark', () => {
    expect(encode('a≠b').tokens).toEqual(['a', '=', 'b']);
  });

  test('ideographs stand alone; offsets count UTF-16 units', () => {
    expect(encode('中文').offsets).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(encode('😀 rash').offsets).toEqual([
      [0, 2],
      [3, 7],
    ]);
    expect(encode('\u{2F804}x').offsets).toEqual([
      [0, 2],
      [2, 3],
    ]);
  });

  test('more than a hundred characters are one unknown word', () => {
    expect(encode('a'.repeat(101)).tokens).toEqual(['[UNK]']);
    expect(encode('a'.repeat(100)).tokens).not.toContain('[UNK]');
    expect(encode('😀'.repeat(101)).offsets).toEqual([[0, 202]]);
  });

  test('a word without an end is one unknown word, in ASCII and beyond', () => {
    expect(encode('x'.repeat(3_000_000)).offsets).toEqual([[0, 3_000_000]]);
    expect(encode(`é${'x'.repeat(3_000_000)} y`).offsets).toEqual([
      [0, 3_000_001],
      [3_000_002, 3_000_003],
    ]);
  });

  test('a spelled-out special token is that token, as in the reference', () => {
    expect(encode('a[SEP]b [sep]')).toEqual({
      tokens: ['a', '[SEP]', 'b', '[', 'sep', ']'],
      offsets: [
        [0, 1],
        [1, 6],
        [6, 7],
        [8, 9],
        [9, 12],
        [12, 13],
      ],
    });
  });

  test('a long document is not cut short', () => {
    const { ids, ends } = tokenizer.encode('rash '.repeat(20_000));
    expect(ids).toHaveLength(20_000);
    expect(ends.at(-1)).toBe(99_999);
  });
});

describe('properties, for any string of UTF-16 units', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom(
        'a',
        'É',
        ' ',
        '\n',
        '-',
        '\u0301',
        '\u200d',
        '中',
        '😀',
        '\ud83d',
        '[SEP]',
      ),
    }),
    fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
  );

  test('offsets grow, lie in the text and hold no white space at their ends', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { ids, starts, ends } = tokenizer.encode(text);
        let last = 0;
        for (let i = 0; i < ids.length; i++) {
          const [start, end] = [starts[i] as number, ends[i] as number];
          // Two pieces of one character that came apart share its place, so starts may be equal.
          expect(start).toBeGreaterThanOrEqual(i === 0 ? 0 : (starts[i - 1] as number));
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          expect(end).toBeGreaterThanOrEqual(last);
          expect(text.slice(start, end)).toBe(text.slice(start, end).trim());
          last = end;
        }
      }),
      { numRuns: 500 },
    );
  });

  test('what lies between tokens is white space, a mark or nothing that can be seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), (text) => {
        const { starts, ends } = tokenizer.encode(text);
        let rest = '';
        let last = 0;
        for (const [i, start] of starts.entries()) {
          rest += text.slice(last, start);
          last = ends[i] as number;
        }
        expect((rest + text.slice(last)).trim()).toBe('');
      }),
    );
  });

  test('a document is read as its parts are', () => {
    fc.assert(
      fc.property(anyText, anyText, (left, right) => {
        const a = tokenizer.encode(left);
        const b = tokenizer.encode(right);
        const whole = tokenizer.encode(`${left}\n${right}`);
        expect([...whole.ids]).toEqual([...a.ids, ...b.ids]);
        expect([...whole.starts]).toEqual([
          ...a.starts,
          ...[...b.starts].map((start) => start + left.length + 1),
        ]);
      }),
    );
  });

  test('case and repetition do not matter (the cache says what the search said)', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,40}$/), (word) => {
        const fresh = WordPieceTokenizer.fromVocabularyFile(vocabulary);
        const once = [...fresh.encode(word).ids];
        expect([...fresh.encode(word).ids]).toEqual(once);
        expect([...tokenizer.encode(word.toUpperCase()).ids]).toEqual(once);
      }),
      { numRuns: 20 },
    );
  });
});

test('a vocabulary without [UNK] is refused with the reason', () => {
  expect(() => new WordPieceTokenizer(['a', 'b'])).toThrow(/no \[UNK\].*vocab\.txt/);
});
