import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { benchModel, writeBenchModel } from '../../../src/cli/bench-model.ts';
import { createOutput } from '../../../src/cli/output.ts';
import { TINY_MODEL } from '../extraction/goldens.ts';

test('measures each length as asked and puts it against the first', async () => {
  const told: string[] = [];
  const result = await benchModel({
    modelDirectory: fileURLToPath(TINY_MODEL),
    provider: 'cpu',
    lengths: [64, 1000],
    runs: 2,
    progress: (text) => told.push(text),
  });
  expect(result).toMatchObject({ modelId: 'tiny-1', provider: 'cpu', runs: 2 });
  expect(result.rows.map(({ tokens }) => tokens)).toEqual([64, 1000]);
  for (const row of result.rows) {
    expect(row.milliseconds).toBeGreaterThan(0);
    expect(row.tokensPerSecond).toBeCloseTo((row.tokens / row.milliseconds) * 1000, 6);
    expect(row.ratio).toBeCloseTo(
      row.tokensPerSecond / (result.rows[0]?.tokensPerSecond ?? Number.NaN),
      9,
    );
  }
  expect(result.tokenizerMegacharactersPerSecond).toBeGreaterThan(0);
  expect(told).toEqual([
    'reading 64 tokens, 2 times after a first',
    'reading 1000 tokens, 2 times after a first',
  ]);

  let written = '';
  const stream = { write: (text: string) => (written += text) };
  writeBenchModel(createOutput({ stdout: stream, stderr: stream }, { NO_COLOR: '1' }), result);
  expect(written).toMatch(/^tiny-1 on cpu, \d+ threads, median of 2\n/);
  expect(written).toMatch(/tokens +ms +tokens\/s +ratio +entities +pairs\n/);
  expect(written).toMatch(/\n +1000 /);
});
