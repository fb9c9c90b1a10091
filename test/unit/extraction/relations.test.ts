import { describe, expect, test } from '@jest/globals';
import type { TokenSpan } from '../../../src/extraction/decode.ts';
import { decodeRelations, relationInputs } from '../../../src/extraction/relations.ts';

const span = (type: TokenSpan['type'], start: number, end: number): TokenSpan => ({
  type,
  start,
  end,
  confidence: 1,
});
const SPANS = [span('Drug', 0, 2), span('ADE', 4, 5), span('Strength', 5, 7), span('Drug', 9, 10)];

test('only others against drugs are asked about', () => {
  expect(relationInputs(SPANS, ['ADE', 'Strength', 'Drug'])).toEqual({
    starts: BigInt64Array.of(0n, 4n, 5n, 9n),
    ends: BigInt64Array.of(2n, 5n, 7n, 10n),
    types: BigInt64Array.of(2n, 0n, 1n, 2n),
    drugs: [0, 3],
    others: [1, 2],
  });
});

describe('scores to relations', () => {
  const scheme = {
    entityTypes: ['ADE', 'Strength', 'Drug'],
    relationTypes: ['ADE-Drug', 'Strength-Drug'],
    relationThreshold: 0.5,
    adeRelationThreshold: 0.8,
  } as const;
  const log = Math.log;
  // [others ADE, Strength] × [drugs 0, 3] × [none, ADE-Drug, Strength-Drug]
  const logits = Float32Array.of(
    ...[0, log(9), 99],
    ...[0, log(3), 99],
    ...[log(2), 99, log(2)],
    ...[log(4), 99, log(2)],
  );
  const relations = decodeRelations(logits, SPANS, [1, 2], [0, 3], scheme);

  test('a pair is scored by its own class against none, with the threshold of its type', () => {
    expect(relations).toEqual([
      { type: 'ADE-Drug', head: 1, tail: 0, confidence: expect.closeTo(0.9, 6) },
      { type: 'Strength-Drug', head: 2, tail: 0, confidence: expect.closeTo(0.5, 6) },
    ]);
  });

  test('rows may be a part of the others', () => {
    expect(decodeRelations(logits.slice(6), SPANS, [2], [0, 3], scheme)).toEqual([relations[1]]);
  });

  test('an event may belong to several drugs', () => {
    const both = decodeRelations(logits, SPANS, [1, 2], [0, 3], {
      ...scheme,
      adeRelationThreshold: 0.7,
    });
    expect(both.filter(({ head }) => head === 1).map(({ tail }) => tail)).toEqual([0, 3]);
  });
});
