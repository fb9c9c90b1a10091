/** The shipped graphs through the real threads, against what PyTorch computed. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EntityType } from '../../../src/extraction/extraction.ts';
import { type Manifest, openModelDirectory } from '../../../src/extraction/manifest.ts';
import { WorkerPool } from '../../../src/extraction/worker-pool.ts';
import { floats, MODEL, readGolden } from './goldens.ts';

interface EncoderGolden {
  readonly cases: readonly {
    readonly length: number;
    readonly ids: readonly number[];
    readonly rows: readonly number[];
    readonly logits: string;
    readonly hiddenRows: readonly number[];
    readonly hidden: string;
  }[];
}

interface RelationsGolden {
  readonly cases: readonly {
    readonly length: number;
    readonly spanStarts: readonly number[];
    readonly spanEnds: readonly number[];
    readonly spanTypes: readonly number[];
    readonly drugIndex: readonly number[];
    readonly otherIndex: readonly number[];
    readonly relationLogits: string;
  }[];
}

interface DocumentsGolden {
  readonly cases: readonly {
    readonly text: string;
    readonly entities: readonly {
      readonly type: EntityType;
      readonly startUtf16: number;
      readonly endUtf16: number;
    }[];
    readonly relations: readonly {
      readonly other: number;
      readonly drug: number;
      readonly score: number;
    }[];
  }[];
}

const TOLERANCE = 1e-4;
const encoder = readGolden<EncoderGolden>('encoder').cases;
const relations = readGolden<RelationsGolden>('relations').cases;
const documents = readGolden<DocumentsGolden>('documents').cases;
const modelDirectory = fileURLToPath(MODEL);

let manifest: Manifest;
let pool: WorkerPool;
beforeAll(async () => {
  manifest = await openModelDirectory(modelDirectory);
  ({ pool } = await WorkerPool.open({
    modelDirectory,
    manifest,
    provider: 'cpu',
    workers: 1,
    maxTokens: 20_000,
  }));
});
afterAll(() => pool.close());

/** The most that two arrays differ anywhere. */
function distance(a: Float32Array, b: Float32Array): number {
  expect(a).toHaveLength(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    // Not Math.max: it must not lose a NaN.
    if (!(difference <= most)) most = difference;
  }
  return most;
}

function rowsOf(values: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const picked = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    picked.set(values.subarray(row * width, (row + 1) * width), i * width);
  }
  return picked;
}

test('the lengths that matter are there: around a block, and the longest', () => {
  expect(encoder.map(({ length }) => length)).toEqual([1, 2, 127, 128, 129, 2000, 16_000]);
  expect(relations.map(({ length }) => length)).toEqual(encoder.map(({ length }) => length));
});

describe.each(encoder.map((golden, i) => [golden.length, golden, relations[i]] as const))(
  'a document of %i tokens',
  (length, golden, relation) => {
    test('entity and relation scores are those of PyTorch', async () => {
      const { hidden, logits } = await pool.encode(Int32Array.from(golden.ids));
      expect(logits).toHaveLength(length * manifest.labels.length);
      expect(
        distance(rowsOf(logits, manifest.labels.length, golden.rows), floats(golden.logits)),
      ).toBeLessThan(TOLERANCE);
      expect(
        distance(rowsOf(hidden, manifest.width, golden.hiddenRows), floats(golden.hidden)),
      ).toBeLessThan(TOLERANCE);
      if (!relation) throw new Error('no relation case');
      const scores = await pool.relate({
        hidden,
        starts: BigInt64Array.from(relation.spanStarts, BigInt),
        ends: BigInt64Array.from(relation.spanEnds, BigInt),
        types: BigInt64Array.from(relation.spanTypes, BigInt),
        drugs: relation.drugIndex,
        others: relation.otherIndex,
      });
      expect(distance(scores, floats(relation.relationLogits))).toBeLessThan(TOLERANCE);
    }, 120_000);
  },
);

test.each(documents.map((golden, i) => [i, golden] as const))(
  'document %i is read as the Python reader reads it',
  async (_, golden) => {
    const read = await pool.read(golden.text);
    expect(read.entities.map(({ type, start, end }) => [type, start, end])).toEqual(
      golden.entities.map(({ type, startUtf16, endUtf16 }) => [type, startUtf16, endUtf16]),
    );
    const order = (a: readonly number[], b: readonly number[]) =>
      (a[0] as number) - (b[0] as number) || (a[1] as number) - (b[1] as number);
    const expected = golden.relations
      .map(({ other, drug, score }) => [other, drug, score])
      .sort(order);
    const given = read.relations
      .map(({ head, tail, confidence }) => [head, tail, confidence])
      .sort(order);
    expect(given.map(([head, tail]) => [head, tail])).toEqual(
      expected.map(([head, tail]) => [head, tail]),
    );
    for (const [i, [, , score]] of expected.entries()) {
      expect(given[i]?.[2]).toBeCloseTo(score as number, 3);
    }
  },
);
