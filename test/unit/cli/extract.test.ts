import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { type ExtractOptions, extractFiles, registerExtract } from '../../../src/cli/extract.ts';
import { createOutput } from '../../../src/cli/output.ts';
import type { Extractor } from '../../../src/extraction/extraction.ts';
import { createExtractor } from '../../../src/extraction/extractor.ts';
import { TINY_MODEL } from '../extraction/goldens.ts';

const model = fileURLToPath(TINY_MODEL);
let extractor: Extractor;
let directory: string;
beforeAll(async () => {
  extractor = await createExtractor({ modelDirectory: model, provider: 'cpu', workers: 1 });
  directory = await mkdtemp(join(tmpdir(), 'vigilnote-extract-'));
});
afterAll(async () => {
  await extractor.close();
  await rm(directory, { recursive: true });
});

interface Run {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  files: readonly string[],
  options: Partial<ExtractOptions> = {},
  { stdin = '', colours = false } = {},
): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const output = createOutput(
    {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
    },
    colours ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' },
  );
  const ok = await extractFiles(
    files,
    { model, provider: 'cpu', ...options },
    {
      output,
      stdin: Readable.from([Buffer.from(stdin)]),
      // Opened once for all tests: it must not be closed by the first.
      open: async () => ({ ...extractor, close: async () => undefined }),
    },
  );
  return { ok, stdout, stderr };
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

const NOTE = 'Patient developed a rash on amoxicillin 500 mg.\nNo dry cough on lisinopril.\n';

describe('the view', () => {
  test('marks entities in place and lists relations, without colours where none are wanted', async () => {
    const path = await file('note.txt', NOTE);
    const { ok, stdout, stderr } = await run([path]);
    expect(ok).toBe(true);
    expect(stdout).toContain(`${path}  5 entities, 3 relations`);
    expect(stdout).toContain(
      'Patient developed a [rash](ADE) on [amoxicillin](Drug) [500 mg](Strength).\n' +
        'No [dry cough](ADE negated) on [lisinopril](Drug).',
    );
    expect(stdout).toMatch(/ADE-Drug +rash +amoxicillin +1\.00 +present/);
    expect(stdout).toMatch(/ADE-Drug +dry cough +lisinopril +1\.00 +negated +No\n/);
    expect(stdout).toMatch(/Strength-Drug +500 mg +amoxicillin +1\.00\n/);
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toBe('tiny-1 on cpu\n');
  });

  test('events stand first among the relations', async () => {
    const { stdout } = await run(['-'], {}, { stdin: 'amoxicillin 500 mg: rash' });
    expect(stdout.indexOf('ADE-Drug')).toBeLessThan(stdout.indexOf('Strength-Drug'));
  });

  test('colours where they are wanted, with a legend', async () => {
    const { stdout } = await run(['-'], {}, { stdin: NOTE, colours: true });
    expect(stdout).toContain('\u001b[');
    expect(stdout).not.toContain('](ADE)');
    expect(stdout).toContain('standard input');
    expect(stdout.indexOf('hypothetical')).toBeLessThan(stdout.indexOf('Patient'));
  });

  test('an event without a drug is named', async () => {
    const { stdout } = await run(['-'], {}, { stdin: 'She had hives.' });
    expect(stdout).toContain('1 entity, 0 relations');
    expect(stdout).toContain('Events without a drug: hives');
  });

  test('an empty note is no error', async () => {
    const { ok, stdout } = await run(['-'], {}, { stdin: '' });
    expect(ok).toBe(true);
    expect(stdout).toContain('0 entities, 0 relations');
  });
});

describe('JSON', () => {
  test('has the text that the offsets count in', async () => {
    const html = await file('note.html', '<p>A <b>rash</b> from&nbsp;amoxicillin</p>');
    const { ok, stdout } = await run([html], { json: true });
    expect(ok).toBe(true);
    const parsed = JSON.parse(stdout);
    expect(parsed).toMatchObject({ modelId: 'tiny-1', provider: 'cpu' });
    const [document] = parsed.documents;
    expect(document.file).toBe(html);
    expect(document.entities).toHaveLength(2);
    for (const { start, end, text } of document.entities) {
      expect(document.text.slice(start, end)).toBe(text);
    }
    expect(document.relations).toMatchObject([{ type: 'ADE-Drug', head: 'T1', tail: 'T2' }]);
  });

  test('says which file could not be read', async () => {
    const { ok, stdout } = await run([join(directory, 'nothing.txt')], { json: true });
    expect(ok).toBe(false);
    expect(JSON.parse(stdout).documents).toEqual([
      { file: join(directory, 'nothing.txt'), error: 'there is no such file' },
    ]);
  });
});

describe('what cannot be read is named, and the others go on', () => {
  test.each<[string, string, string | Uint8Array | undefined, RegExp]>([
    ['a missing file', 'absent.txt', undefined, /absent\.txt: there is no such file/],
    ['a binary file', 'image.bin', Uint8Array.of(137, 80, 0, 1, 2), /image\.bin: is a binary file/],
    ['a PDF', 'letter', '%PDF-1.7', /letter: .*application\/pdf/],
    ['a type by its name', 'letter.rtf', 'x', /letter\.rtf: .*application\/rtf/],
  ])('%s', async (_, name, content, expected) => {
    const path = content === undefined ? join(directory, name) : await file(name, content);
    const good = await file('good.txt', NOTE);
    const { ok, stdout, stderr } = await run([path, good]);
    expect(ok).toBe(false);
    expect(stderr).toMatch(expected);
    expect(stdout).toContain('[rash](ADE)');
  });

  test('a directory', async () => {
    const { ok, stderr } = await run([directory]);
    expect(ok).toBe(false);
    expect(stderr).toContain('is a directory');
  });

  test('a text that the model fails on', async () => {
    const bad = await file('bad.txt', 'rash kaboom');
    const { ok, stdout, stderr } = await run([bad, await file('good.txt', NOTE)]);
    expect(ok).toBe(false);
    expect(stderr).toContain('bad.txt: ');
    expect(stdout).toContain('[rash](ADE)');
  });
});

describe('character sets and mark-up', () => {
  test('the charset can be said', async () => {
    const path = await file('latin1.txt', Buffer.from('caf\u00e9: rash', 'latin1'));
    const { stdout } = await run([path], { charset: 'iso-8859-1' });
    expect(stdout).toContain('café: [rash](ADE)');
  });

  test('HTML on standard input is known by its beginning', async () => {
    const { stdout } = await run(['-'], {}, { stdin: '<!DOCTYPE html><p>rash</p>' });
    expect(stdout).toContain('[rash](ADE)');
    expect(stdout).not.toContain('<p>');
  });
});

test('the command takes files and options, and refuses an unknown provider', async () => {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerExtract(program);
  const extract = program.commands.find((command) => command.name() === 'extract');
  expect(extract?.registeredArguments[0]?.required).toBe(true);
  await expect(
    program.parseAsync(['extract', '--provider', 'tpu', 'x.txt'], { from: 'user' }),
  ).rejects.toThrow(/Allowed choices are auto, cpu, cuda/);
});
