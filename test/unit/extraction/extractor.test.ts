import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ExtractionError } from '../../../src/extraction/error.ts';
import { createExtractor, type JnrfExtractor } from '../../../src/extraction/extractor.ts';
import { openModelDirectory } from '../../../src/extraction/manifest.ts';
import { WorkerPool } from '../../../src/extraction/worker-pool.ts';
import type { NoteLayout } from '../../../src/notes/note.ts';
import { TINY_MODEL } from './goldens.ts';

const modelDirectory = fileURLToPath(TINY_MODEL);
const NO_LAYOUT: NoteLayout = { sections: [], sentences: [] };
/** Enough tokens that nobody gets through before a thread is ended. */
const LONG = 'rash from amoxicillin . '.repeat(15_000);

describe('reading', () => {
  let extractor: JnrfExtractor;
  beforeAll(async () => {
    extractor = await createExtractor({ modelDirectory, provider: 'cpu', workers: 2 });
  });
  afterAll(() => extractor.close());

  test('entities with offsets, relations and assertion', async () => {
    const text = 'Patient has a rash\nfrom Amoxicillin 500 mg. No dry cough on lisinopril.';
    const extraction = await extractor.extract(text, {
      sections: [],
      sentences: [
        { start: 0, end: 43 },
        { start: 44, end: text.length },
      ],
    });
    expect(extraction.modelId).toBe('tiny-1');
    expect(extraction.entities).toMatchObject([
      { id: 'T1', type: 'ADE', text: 'rash', assertion: 'present' },
      { id: 'T2', type: 'Drug', text: 'Amoxicillin', start: 24, end: 35 },
      { id: 'T3', type: 'Strength', text: '500 mg' },
      {
        id: 'T4',
        type: 'ADE',
        text: 'dry cough',
        assertion: 'negated',
        assertionCue: { text: 'No', start: 44, end: 46 },
      },
      { id: 'T5', type: 'Drug', text: 'lisinopril' },
    ]);
    for (const { start, end, text: own } of extraction.entities)
      expect(text.slice(start, end)).toBe(own);
    expect(extraction.relations).toEqual([
      { type: 'ADE-Drug', head: 'T1', tail: 'T2', confidence: expect.closeTo(0.9975, 3) },
      { type: 'Strength-Drug', head: 'T3', tail: 'T2', confidence: expect.closeTo(0.9975, 3) },
      { type: 'ADE-Drug', head: 'T4', tail: 'T5', confidence: expect.closeTo(0.9975, 3) },
    ]);
    expect(extraction.entities[0]).not.toHaveProperty('assertionCue');
    expect(extraction.entities[1]).not.toHaveProperty('assertion');
  });

  test.each(['', ' \n\t ', '\u200b'])('nothing in %j', async (text) => {
    expect(await extractor.extract(text, NO_LAYOUT)).toEqual({
      modelId: 'tiny-1',
      entities: [],
      relations: [],
    });
  });

  test('entities without drugs, and drugs without entities, are no relations', async () => {
    expect((await extractor.extract('rash and hives', NO_LAYOUT)).relations).toEqual([]);
    expect((await extractor.extract('lisinopril', NO_LAYOUT)).relations).toEqual([]);
  });

  test('offsets count UTF-16 units, characters beyond the first plane and all', async () => {
    const { entities } = await extractor.extract('😀 rash 😀 amoxicillin', NO_LAYOUT);
    expect(entities).toMatchObject([
      { start: 3, end: 7, text: 'rash' },
      { start: 11, end: 22, text: 'amoxicillin' },
    ]);
  });

  test('a whole long document at once, its pairs in several runs', async () => {
    const text = `${'amoxicillin '.repeat(400)}${'rash '.repeat(400)}`;
    const { entities, relations } = await extractor.extract(text, NO_LAYOUT);
    expect(entities).toHaveLength(800);
    expect(relations).toHaveLength(160_000);
    expect(relations.at(-1)).toMatchObject({ head: 'T800', tail: 'T400' });
  });

  test('a text that the model fails on is rejected alone', async () => {
    const [good, bad, other] = await Promise.allSettled([
      extractor.extract('rash from amoxicillin', NO_LAYOUT),
      extractor.extract('rash kaboom', NO_LAYOUT),
      extractor.extract('hives from amoxicillin', NO_LAYOUT),
    ]);
    expect(good.status).toBe('fulfilled');
    expect(other.status).toBe('fulfilled');
    expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'ExtractionError' } });
  });

  test('aborted before and while it runs: rejected with the reason, and the next text is read', async () => {
    const reason = new Error('the hook took too long');
    await expect(
      extractor.extract('rash', NO_LAYOUT, { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    const controller = new AbortController();
    const running = extractor.extract(LONG, NO_LAYOUT, { signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect((await extractor.extract('rash', NO_LAYOUT)).entities).toHaveLength(1);
  });

  test('a signal that is never used changes nothing', async () => {
    const { signal } = new AbortController();
    expect((await extractor.extract('rash', NO_LAYOUT, { signal })).entities).toHaveLength(1);
  });
});

describe('the pool', () => {
  test('a thread that is ended rejects its own text; the next is read by its successor', async () => {
    const manifest = await openModelDirectory(modelDirectory);
    const { pool } = await WorkerPool.open({
      modelDirectory,
      manifest,
      provider: 'cpu',
      workers: 1,
      maxTokens: 1_000_000,
    });
    try {
      const dying = pool.read(LONG);
      const waiting = pool.read('rash from amoxicillin');
      await Promise.all([
        expect(dying).rejects.toThrow(/thread that read this text ended/),
        pool.threads[0]?.terminate(),
      ]);
      await expect(dying).rejects.toBeInstanceOf(ExtractionError);
      expect((await waiting).entities).toHaveLength(2);
    } finally {
      await pool.close();
    }
  });

  test('closed: running texts are rejected, later ones too', async () => {
    const extractor = await createExtractor({ modelDirectory, provider: 'cpu', workers: 1 });
    const running = expect(extractor.extract(LONG, NO_LAYOUT)).rejects.toBeInstanceOf(
      ExtractionError,
    );
    await extractor.close();
    await running;
    await expect(extractor.extract('rash', NO_LAYOUT)).rejects.toThrow('the extractor is closed');
  });

  test('more tokens than allowed are refused with the number', async () => {
    const extractor = await createExtractor({
      modelDirectory,
      provider: 'cpu',
      workers: 1,
      maxTokens: 10,
    });
    try {
      await expect(extractor.extract('rash '.repeat(11), NO_LAYOUT)).rejects.toThrow(
        /11 tokens, more than maxTokens \(10\)/,
      );
      expect((await extractor.extract('rash '.repeat(10), NO_LAYOUT)).entities).toHaveLength(10);
    } finally {
      await extractor.close();
    }
  });
});

describe('opening', () => {
  test('the provider is told, and why not a better one', async () => {
    const extractor = await createExtractor({ modelDirectory, workers: 1 });
    try {
      expect(['cpu', 'cuda']).toContain(extractor.provider.name);
      if (extractor.provider.name === 'cpu') expect(extractor.provider.note).toMatch(/cuda/i);
    } finally {
      await extractor.close();
    }
  });

  test.each([
    [{ provider: 'tpu' as 'cpu' }, /provider 'tpu' is unknown; it can be auto, cpu, cuda/],
    [{ workers: 0 }, /workers must be a whole number from 1 on, it is 0/],
    [{ workers: 1.5 }, /it is 1\.5/],
    [{ modelDirectory: '/nowhere' }, /no model at \/nowhere/],
  ])('%j is refused', async (options, expected) => {
    await expect(createExtractor({ modelDirectory, ...options })).rejects.toThrow(expected);
  });

  test('a graph that is no graph is refused, and no thread is left', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'vigilnote-model-'));
    try {
      await cp(modelDirectory, directory, { recursive: true });
      const garbage = Buffer.from('not a graph');
      await writeFile(join(directory, 'encoder.onnx'), garbage);
      const manifest = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8'));
      manifest.files['encoder.onnx'] = {
        bytes: garbage.length,
        sha256: createHash('sha256').update(garbage).digest('hex'),
      };
      await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest));
      await expect(
        createExtractor({ modelDirectory: directory, provider: 'cpu', workers: 1 }),
      ).rejects.toThrow(/model cannot be loaded.*cpu does not load/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('given up', async () => {
    await expect(
      createExtractor({ modelDirectory, signal: AbortSignal.abort(new Error('no')) }),
    ).rejects.toThrow('no');
  });
});
