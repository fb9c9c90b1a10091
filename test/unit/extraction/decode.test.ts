import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeEntities,
  type LabelScheme,
  logProbabilities,
  viterbi,
} from '../../../src/extraction/decode.ts';
import { ENTITY_TYPES, type EntityType } from '../../../src/extraction/extraction.ts';
import { floats, readGolden } from './goldens.ts';

interface DecodingGolden {
  readonly labels: readonly string[];
  readonly cases: readonly {
    readonly logits: string;
    readonly continuation: readonly number[];
    readonly enabledEntityTypes: readonly EntityType[];
    readonly labels: readonly number[];
    readonly spans: readonly (readonly [EntityType, number, number])[];
  }[];
}

describe('equal to the Python decoding', () => {
  const golden = readGolden<DecodingGolden>('decoding');

  test.each(golden.cases.map((each, i) => [i, each] as const))('case %i', (_, each) => {
    const scheme: LabelScheme = {
      labels: golden.labels,
      enabledEntityTypes: each.enabledEntityTypes,
      continuationKeepsLabelOfWord: true,
    };
    const logits = floats(each.logits);
    const isContinuation = (token: number) => each.continuation[token] === 1;
    const scores = logProbabilities(logits, scheme);
    expect([...viterbi(scores, isContinuation, scheme)]).toEqual(each.labels);
    expect(
      decodeEntities(logits, isContinuation, scheme).map(({ type, start, end }) => [
        type,
        start,
        end,
      ]),
    ).toEqual(each.spans);
  });
});

const SCHEME: LabelScheme = {
  labels: ['O', 'B-Drug', 'I-Drug', 'B-ADE', 'I-ADE'],
  enabledEntityTypes: ['Drug', 'ADE'],
  continuationKeepsLabelOfWord: true,
};

/** Logits that favour one label a token by this much. */
function logitsOf(labels: readonly string[], favour = 8): Float32Array {
  return Float32Array.from(
    labels.flatMap((label) => SCHEME.labels.map((name) => (name === label ? favour : 0))),
  );
}

function decode(
  labels: readonly string[],
  options: Partial<LabelScheme> = {},
  pieces: number[] = [],
) {
  return decodeEntities(logitsOf(labels), (token) => pieces.includes(token), {
    ...SCHEME,
    ...options,
  }).map(({ type, start, end }) => [type, start, end]);
}

describe('constraints', () => {
  test('neighbours of one type stay apart at a B', () => {
    expect(decode(['B-Drug', 'B-Drug', 'I-Drug', 'O', 'B-ADE'])).toEqual([
      ['Drug', 0, 1],
      ['Drug', 1, 3],
      ['ADE', 4, 5],
    ]);
  });

  test('an I without its B is read as the best sequence that is allowed', () => {
    const labels = decodeEntities(logitsOf(['O', 'I-ADE', 'I-ADE']), () => false, SCHEME);
    expect(labels).toMatchObject([{ type: 'ADE', end: 3 }]);
  });

  test('a word of several pieces has one label', () => {
    expect(decode(['B-Drug', 'O', 'O'], {}, [1])).not.toEqual([['Drug', 0, 1]]);
    expect(decode(['B-Drug', 'O', 'O'], { continuationKeepsLabelOfWord: false }, [1])).toEqual([
      ['Drug', 0, 1],
    ]);
  });

  test('a type that is switched off is not found', () => {
    expect(decode(['B-Drug', 'O', 'B-ADE'], { enabledEntityTypes: ['Drug'] })).toEqual([
      ['Drug', 0, 1],
    ]);
  });

  test('no tokens, no spans', () => {
    expect(decode([])).toEqual([]);
  });

  test('confidence is the mean probability of the labels', () => {
    const [span] = decodeEntities(logitsOf(['B-ADE', 'I-ADE'], Math.log(4)), () => false, SCHEME);
    expect(span?.confidence).toBeCloseTo(4 / (4 + 4), 6);
  });

  test('confidence counts only classes that may be predicted', () => {
    const [span] = decodeEntities(logitsOf(['B-ADE'], Math.log(2)), () => false, {
      ...SCHEME,
      enabledEntityTypes: ['ADE'],
    });
    expect(span?.confidence).toBeCloseTo(2 / (2 + 2), 6);
  });
});

test('any logits give spans in order, apart, whole words, with a confidence', () => {
  const labels = ['O', ...ENTITY_TYPES.flatMap((type) => [`B-${type}`, `I-${type}`])];
  const scheme = {
    labels,
    enabledEntityTypes: [...ENTITY_TYPES],
    continuationKeepsLabelOfWord: true,
  };
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          row: fc.array(fc.float({ min: -20, max: 20, noNaN: true }), {
            minLength: labels.length,
            maxLength: labels.length,
          }),
          piece: fc.boolean(),
        }),
        { maxLength: 30 },
      ),
      (tokens) => {
        const logits = Float32Array.from(tokens.flatMap(({ row }) => row));
        let last = 0;
        for (const span of decodeEntities(logits, (i) => tokens[i]?.piece === true, scheme)) {
          expect(span.start).toBeGreaterThanOrEqual(last);
          expect(span.end).toBeGreaterThan(span.start);
          expect(span.end).toBeLessThanOrEqual(tokens.length);
          if (span.start > 0) expect(tokens[span.start]?.piece).toBe(false);
          if (span.end < tokens.length) expect(tokens[span.end]?.piece).toBe(false);
          expect(span.confidence).toBeGreaterThan(0);
          expect(span.confidence).toBeLessThanOrEqual(1 + 1e-9);
          last = span.end;
        }
      },
    ),
  );
});
