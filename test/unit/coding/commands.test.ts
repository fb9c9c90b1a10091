import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Command } from 'commander';
import { registerEvaluateCoding } from '../../../src/cli/evaluate-coding.ts';
import { registerVocabulary } from '../../../src/cli/vocabulary.ts';

const FIXTURE = join(import.meta.dirname, 'fixture');

let directory: string;
let store: string;
let written: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vigilnote-vocabulary-'));
  store = join(directory, 'store');
  written = '';
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      written += String(text);
      return true;
    });
  }
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(directory, { recursive: true });
});

async function run(...args: string[]): Promise<string> {
  const program = new Command('vigilnote').exitOverride();
  registerVocabulary(program);
  registerEvaluateCoding(program.command('evaluate'));
  written = '';
  await program.parseAsync(args, { from: 'user' });
  return written;
}

async function build(): Promise<string> {
  return run(
    ...['vocabulary', 'build', '--from', join(FIXTURE, 'tables'), '--own', join(FIXTURE, 'own')],
    ...['--out', store, '--name', 'fixture'],
  );
}

test('build says what was left out and what was written', async () => {
  const text = await build();
  expect(text).toContain(
    "left out: 1 MedDRA terms of source 'SPL-ADR-200db-both' (not openly published)",
  );
  expect(text).toMatch(/fixture-[0-9a-f]{12} written to /);
  expect(text).toMatch(/events +3/);
  expect(text).not.toContain('warning');
});

test('info names version, rows, sources, rights and notices', async () => {
  await build();
  const text = await run('vocabulary', 'info', '--vocabulary', store);
  expect(text).toMatch(/^fixture-[0-9a-f]{12} \(vigilnote-vocabulary\/1\)/);
  expect(text).toMatch(/ctcae-5\.0 +20\.1 +2 +US government work/);
  expect(text).toContain('MedDRA® is a registered trademark of ICH');
  const json: unknown = JSON.parse(
    await run('vocabulary', 'info', '--vocabulary', store, '--json'),
  );
  expect(json).toEqual(JSON.parse(await readFile(join(store, 'manifest.json'), 'utf8')));
});

test('search shows candidates and why each stands there', async () => {
  await build();
  const text = await run('vocabulary', 'search', 'alphamycine', '--vocabulary', store);
  expect(text).toMatch(/10 +IN +alphamycin .*linked: /);
  expect(text).toContain('event: uncoded; candidates for a reader');
  const json = JSON.parse(
    await run('vocabulary', 'search', 'sick', 'to', 'stomach', '--vocabulary', store, '--json'),
  );
  expect(json.event.link).toMatchObject({ kind: 'event', concept: { display: 'Nausea' } });
  expect(json.event.candidates[0]).toMatchObject({ code: '10000001', why: 'linked: exact' });
});

test('search refuses a limit that is no number', async () => {
  await expect(run('vocabulary', 'search', 'x', '--limit', 'many')).rejects.toThrow(
    "'many' is not a whole number of 1 or more",
  );
});

test('evaluate coding counts right, wrong and none, and names the disagreements', async () => {
  await build();
  const events = join(FIXTURE, 'events.tsv');
  const json = JSON.parse(
    await run('evaluate', 'coding', '--vocabulary', store, '--events', events, '--json'),
  );
  expect(json.events).toMatchObject({
    mentions: 6,
    reachable: 5,
    coded: 4,
    right: 3,
    unreachableCoded: 1,
    disagreements: [
      {
        text: 'queasy',
        expected: '10000003',
        linked: 'Nausea (queasy)',
        method: 'exact',
        score: 1,
      },
      { text: 'sick feeling', expected: '(not in the vocabulary)' },
    ],
  });
  const text = await run(
    ...['evaluate', 'coding', '--vocabulary', store, '--events', events],
    ...['--thresholds', '--disagreements'],
  );
  expect(text).toMatch(/events +6 +5 +80\.0 % +3 +60\.0 % +75\.0 % +60\.0 %/);
  expect(text).toContain('without the fuzzy step');
});

test('evaluate coding measures drugs by their ingredients', async () => {
  await build();
  const drugs = join(FIXTURE, 'drugs.tsv');
  const json = JSON.parse(
    await run('evaluate', 'coding', '--vocabulary', store, '--drugs', drugs, '--json'),
  );
  expect(json.drugs).toMatchObject({
    mentions: 4,
    reachable: 3,
    coded: 2,
    right: 1,
    unreachableCoded: 1,
  });
  expect(json['drugs: other than the name']).toMatchObject({ mentions: 2 });
});

test('evaluate coding measures look-alikes: nothing unknown is corrected in the fixture', async () => {
  await build();
  const text = await run('evaluate', 'coding', '--vocabulary', store, '--look-alikes');
  expect(text).toMatch(/drugs that the vocabulary lacks +2 +0 +0 +2/);
  // alphamycin, betazolol, Alphabet, Combotab, each with one slip: corrected or left alone.
  expect(text).toMatch(/misspelt +4 +\d +0 +\d/);
});

test('evaluate coding wants something to measure', async () => {
  await expect(run('evaluate', 'coding')).rejects.toThrow('name a table with --drugs or --events');
});
