import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ExtractionError } from '../../../src/extraction/error.ts';
import { openModelDirectory, parseManifest } from '../../../src/extraction/manifest.ts';
import { TINY_MODEL } from './goldens.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vigilnote-model-'));
  await cp(fileURLToPath(TINY_MODEL), directory, { recursive: true });
});
afterEach(() => rm(directory, { recursive: true }));

async function opening(): Promise<string> {
  const error = await openModelDirectory(directory).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ExtractionError);
  return (error as Error).message;
}

test('a whole directory opens', async () => {
  expect(await openModelDirectory(directory)).toMatchObject({ modelId: 'tiny-1', width: 4 });
});

describe('a directory that does not do', () => {
  test('no directory', async () => {
    await rm(directory, { recursive: true });
    expect(await opening()).toMatch(
      /no model at .*manifest\.json cannot be read \(ENOENT\).*models\/jnrf/,
    );
    await cp(fileURLToPath(TINY_MODEL), directory, { recursive: true });
  });

  test('a missing file', async () => {
    await rm(join(directory, 'relations.onnx'));
    expect(await opening()).toMatch(
      /relations\.onnx is named in manifest\.json but cannot be read \(ENOENT\)/,
    );
  });

  test('a truncated file', async () => {
    await truncate(join(directory, 'encoder.onnx'), 100);
    expect(await opening()).toMatch(
      /encoder\.onnx has 100 bytes where manifest\.json says 5039: it is cut short/,
    );
  });

  test('a Git LFS pointer', async () => {
    await writeFile(
      join(directory, 'encoder.onnx'),
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5039\n',
    );
    expect(await opening()).toMatch(/encoder\.onnx.*Git LFS pointer.*git lfs pull/);
  });

  test('one changed byte', async () => {
    const path = join(directory, 'vocab.txt');
    const bytes = await readFile(path);
    bytes[3] = (bytes[3] as number) ^ 1;
    await writeFile(path, bytes);
    expect(await opening()).toMatch(
      /vocab\.txt has SHA-256 [0-9a-f]{64} where manifest\.json says/,
    );
  });
});

describe('a manifest of another shape', () => {
  const change = async (edit: (manifest: Record<string, unknown>) => void): Promise<string> => {
    const manifest = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    edit(manifest);
    await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest));
    return opening();
  };

  test('not JSON', () => {
    expect(() => parseManifest('{', 'x/manifest.json')).toThrow(/x\/manifest\.json is not JSON/);
  });

  test.each<[string, (manifest: Record<string, unknown>) => void, RegExp]>([
    ['no labels', (m) => delete m.labels, /labels: /],
    ['an unknown entity type', (m) => (m.entityTypes as string[]).push('Dog'), /entityTypes\.9: /],
    ['a label too few', (m) => (m.labels as string[]).pop(), /labels: has no I-Drug/],
    [
      'a relation too few',
      (m) => (m.relationTypes as string[]).pop(),
      /relationTypes: has no ADE-Drug/,
    ],
    [
      'a relation of no kind',
      (m) => (m.relationTypes as string[]).push('Drug-Drug'),
      /relationTypes\.8: must be <EntityType>-Drug/,
    ],
    [
      'a threshold above 1',
      (m) => ((m.thresholds as { card: number }).card = 1.5),
      /thresholds\.card: /,
    ],
    [
      'another scheme',
      (m) => ((m.decoding as { scheme: string }).scheme = 'BILOU'),
      /decoding\.scheme: /,
    ],
    ['no file list', (m) => delete m.files, /files: /],
  ])('%s', async (_, edit, expected) => {
    const message = await change(edit);
    expect(message).toMatch(expected);
    expect(message).toMatch(/manifest\.json is not a manifest that this version reads/);
  });
});
