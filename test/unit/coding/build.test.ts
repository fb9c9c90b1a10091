import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { buildVocabulary } from '../../../src/coding/build/build.ts';
import { ingredientName } from '../../../src/coding/build/rxnorm-ingredients.ts';
import { openVocabulary } from '../../../src/coding/open.ts';
import { readStore, writeStore } from '../../../src/coding/store.ts';

const FIXTURE = join(import.meta.dirname, 'fixture');

let directory: string;
let tables: string;
let own: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vigilnote-build-'));
  await cp(FIXTURE, directory, { recursive: true });
  tables = join(directory, 'tables');
  own = join(directory, 'own');
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** Changes one row of a table of the copied fixture. */
async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(directory, file), 'utf8');
  expect(text).toContain(from);
  await writeFile(join(directory, file), text.replace(from, to));
}

describe('what is kept', () => {
  test('resolves every term type to its ingredients', async () => {
    const { vocabulary } = await buildVocabulary(tables, own);
    const ingredients = Object.fromEntries(vocabulary.drugs.map((d) => [d.code, d.ingredients]));
    expect(ingredients).toEqual({
      '10': ['10'],
      '20': ['20'],
      '21': ['20'],
      '30': ['10', '20'],
      // The relations also give Alphabet the ingredient of another product; its branded drug does not.
      '40': ['10'],
      '41': ['10', '20'],
      '50': ['10'],
      '60': ['10'],
      // Its relations lack betazolol; its name does not.
      '61': ['10', '20'],
      '70': ['10'],
      '71': ['10', '20'],
      // An ingredient of an older list that a current one has as a synonym.
      '80': ['10'],
    });
  });

  test('leaves out all that may not be published, and says so', async () => {
    const { vocabulary, report } = await buildVocabulary(tables, own);
    expect(vocabulary.events.map((term) => term.name)).toEqual([
      'Nausea',
      'Anemia',
      'Creatinine increased',
    ]);
    expect(vocabulary.events[1]).toMatchObject({ code: '10000002', ptCode: '10000003' });
    expect(vocabulary.eventNames.map((name) => name.text)).toEqual([
      'queasy',
      'sick feeling',
      'sick to stomach',
    ]);
    expect(vocabulary.drugNames.map((name) => name.text)).toEqual([
      'AMX',
      'Alphamycinum',
      'alpha',
      'alphabeta',
      'Betazol',
    ]);
    expect(Object.fromEntries(report.leftOut)).toEqual({
      "drug concepts of source 'SOMEWHERE-ELSE'": 1,
      "MedDRA terms of source 'SPL-ADR-200db-both' (not openly published)": 1,
      'MedDRA terms of source \'CTCAE (code of "- Other, specify" row)\' (not openly published)': 1,
      'drug synonyms of up to three characters': 1,
      "drug synonyms of source 'LICENSED-thing'": 1,
      "MedDRA synonyms of source 'SPL-ADR-200db-train-mention'": 1,
      'MedDRA synonyms of codes outside CTCAE': 2,
    });
    expect(report.warnings).toEqual([]);
  });

  test('refuses to write as many MedDRA terms as may not be published', async () => {
    const rows = Array.from(
      { length: 1000 },
      (_, i) =>
        `1001${String(i).padStart(4, '0')}\tPT\tTerm ${i}\t\t\tCTCAE v5.0\tUS-Gov work (NCI); x`,
    );
    const file = join(tables, 'meddra_terms.tsv');
    await writeFile(file, `${await readFile(file, 'utf8')}${rows.join('\n')}\n`);
    await expect(buildVocabulary(tables, own)).rejects.toThrow(
      /meddra_terms\.tsv: 1004 MedDRA codes would be written; a publication carries fewer than 1000/,
    );
  });

  test.each([
    ['8 ML aflibercept 25 MG/ML Injection', 'aflibercept'],
    ['24 HR metoprolol succinate 25 MG Extended Release Oral Tablet', 'metoprolol succinate'],
    ['insulin aspart, human 100 UNT/ML', 'insulin aspart, human'],
    ['polyethylene glycol 3350 17000 MG Powder for Oral Solution', 'polyethylene glycol 3350'],
    ['amoxicillin', 'amoxicillin'],
  ])('reads the ingredient in %s', (component, name) => {
    expect(ingredientName(component)).toBe(name);
  });
});

describe('what goes wrong', () => {
  test.each([
    [
      'tables/rxnorm_concepts.tsv',
      '20\tIN\tbetazolol',
      'x20\tIN\tbetazolol',
      /rxnorm_concepts\.tsv:3: 'x20' is not an RxCUI/,
    ],
    [
      'tables/rxnorm_concepts.tsv',
      '20\tIN\tbetazolol',
      '20\tXX\tbetazolol',
      /rxnorm_concepts\.tsv:3: term type 'XX'; known: IN,PIN/,
    ],
    [
      'tables/rxnorm_concepts.tsv',
      '20\tIN\tbetazolol',
      '10\tIN\tbetazolol',
      /rxnorm_concepts\.tsv:3: 10 comes twice/,
    ],
    [
      'tables/rxnorm_concepts.tsv',
      '20\tIN\tbetazolol\t',
      '20\tIN\tbetazolol',
      /rxnorm_concepts\.tsv:3: 4 cells where the header has 5/,
    ],
    [
      'tables/rxnorm_synonyms.tsv',
      '10\tAlphamycinum',
      'ten\tAlphamycinum',
      /rxnorm_synonyms\.tsv:2: 'ten' is not an RxCUI/,
    ],
    [
      'tables/meddra_terms.tsv',
      '10000001\tPT',
      '1000001\tPT',
      /meddra_terms\.tsv:2: '1000001' is not a MedDRA code/,
    ],
    [
      'tables/meddra_terms.tsv',
      '10000001\tPT',
      '10000001\tHLT',
      /meddra_terms\.tsv:2: level 'HLT'; LLT or PT is needed/,
    ],
    [
      'tables/meddra_terms.tsv',
      '10000002\tLLT',
      '10000001\tLLT',
      /meddra_terms\.tsv:3: 10000001 comes twice/,
    ],
    [
      'own/event-synonyms.tsv',
      'queasy',
      'Queasy; queasy',
      /event-synonyms\.tsv:2: 'queasy' stands already in line 2/,
    ],
    [
      'own/not-coded.tsv',
      'event\trash',
      'lab\trash',
      /not-coded\.tsv:2: domain 'lab'; drug or event is needed/,
    ],
    [
      'own/not-coded.tsv',
      'no kind of rash is named',
      '',
      /not-coded\.tsv:2: the reason \(column why\) is missing/,
    ],
  ])('%s: %j → %j names file and line', async (file, from, to, message) => {
    await edit(file, from, to);
    await expect(buildVocabulary(tables, own)).rejects.toThrow(message);
  });

  test.each([
    [
      'own/drug-synonyms.tsv',
      '10\talphamycin\t',
      '11\talphamycin\t',
      /drug-synonyms\.tsv:2: 11 \(alphamycin\) is not in the vocabulary/,
    ],
    [
      'own/drug-synonyms.tsv',
      '10\talphamycin\t',
      '20\talphamycin\t',
      /drug-synonyms\.tsv:2: 20 is 'betazolol', not 'alphamycin'/,
    ],
    ['own/drug-synonyms.tsv', 'AMX; alpha', 'AB', /drug name 'AB' for 10 is refused/],
    [
      'own/drug-synonyms.tsv',
      'AMX; alpha',
      'Combotab',
      /drug name 'Combotab' for 10 is another drug's name in the release/,
    ],
    [
      'own/event-synonyms.tsv',
      'queasy',
      'anaemias',
      /event name 'anaemias' for 10000001 reads as 'Anemia' too/,
    ],
    [
      'own/event-synonyms.tsv',
      'queasy',
      'rashes',
      /event 'rash' is refused and yet a name: 'rashes'/,
    ],
    [
      'own/drug-classes.tsv',
      '\talphamycin\t',
      '\tomegamycin\t',
      /drug-classes\.tsv:3: no ingredient 'omegamycin' in the vocabulary/,
    ],
    [
      'own/drug-classes.tsv',
      'beta-Adrenergic Blocker',
      'gamma-Blocker',
      /drug-classes\.tsv:2: no class 'gamma-Blocker' in the source/,
    ],
  ])('%s: %j → %j is a warning', async (file, from, to, message) => {
    await edit(file, from, to);
    const { report } = await buildVocabulary(tables, own);
    expect(report.warnings.join('\n')).toMatch(message);
  });
});

describe('the store', () => {
  test('is the same byte for byte when it is built again', async () => {
    const first = join(directory, 'first');
    const second = join(directory, 'second');
    await writeStore(first, 'fixture', (await buildVocabulary(tables, own)).vocabulary);
    await writeStore(second, 'fixture', (await buildVocabulary(tables, own)).vocabulary);
    const files = (await readdir(first)).sort();
    expect(files).toEqual((await readdir(second)).sort());
    expect(files).toHaveLength(8);
    for (const file of files) {
      const bytes = await readFile(join(first, file));
      expect(bytes.equals(await readFile(join(second, file)))).toBe(true);
    }
  });

  test('gives back what was written', async () => {
    const { vocabulary } = await buildVocabulary(tables, own);
    const store = join(directory, 'store');
    const manifest = await writeStore(store, 'fixture', vocabulary);
    expect(await readStore(store)).toEqual({ manifest, vocabulary });
  });

  test('names another version when a synonym changes', async () => {
    const before = await writeStore(
      join(directory, 'a'),
      'x',
      (await buildVocabulary(tables, own)).vocabulary,
    );
    await edit('own/event-synonyms.tsv', 'queasy', 'queasiness');
    const after = await writeStore(
      join(directory, 'a'),
      'x',
      (await buildVocabulary(tables, own)).vocabulary,
    );
    expect(before.version).toMatch(/^x-[0-9a-f]{12}$/);
    expect(after.version).not.toBe(before.version);
    expect((await openVocabulary(join(directory, 'a'))).vocabularyVersion).toBe(after.version);
  });

  test('leaves a good store alone when the new one cannot be written', async () => {
    const store = join(directory, 'store');
    const { vocabulary } = await buildVocabulary(tables, own);
    const manifest = await writeStore(store, 'fixture', vocabulary);
    const broken = { ...vocabulary, refusals: [{ domain: 'event', text: 'a\tb' } as const] };
    await expect(writeStore(store, 'fixture', broken)).rejects.toThrow(
      'a tab or line break in text',
    );
    expect((await readStore(store)).manifest).toEqual(manifest);
    expect((await readdir(directory)).filter((name) => name.startsWith('store'))).toEqual([
      'store',
    ]);
  });

  test('is refused when it is missing, of another format, or damaged', async () => {
    const store = join(directory, 'store');
    await expect(openVocabulary(store)).rejects.toThrow(
      `make one with 'vigilnote vocabulary build --from DIR --out ${store}'`,
    );
    await writeStore(store, 'fixture', (await buildVocabulary(tables, own)).vocabulary);
    const events = join(store, 'events.tsv.br');
    const good = await readFile(events);
    await writeFile(events, await readFile(join(store, 'drugs.tsv.br')));
    await expect(openVocabulary(store)).rejects.toThrow(
      'its content is not what the manifest says',
    );
    await writeFile(events, 'not brotli');
    await expect(openVocabulary(store)).rejects.toThrow(`${events}: cannot be read`);
    await writeFile(events, good);
    await expect(openVocabulary(store)).resolves.toBeDefined();
    const manifest = join(store, 'manifest.json');
    await writeFile(
      manifest,
      (await readFile(manifest, 'utf8')).replace('vocabulary/1', 'vocabulary/9'),
    );
    await expect(openVocabulary(store)).rejects.toThrow(
      'build the vocabulary again with this version',
    );
  });
});

test('the fixture links: brand, class, combination without a concept of its own, refusal', async () => {
  const store = join(directory, 'store');
  await writeStore(store, 'fixture', (await buildVocabulary(tables, own)).vocabulary);
  const linker = await openVocabulary(store);
  expect(linker.linkDrug('Combotab')).toMatchObject({ termType: 'BN', concept: { code: '41' } });
  expect(linker.linkDrug('alphabeta')).toMatchObject({ termType: 'MIN', concept: { code: '30' } });
  expect(linker.linkDrug('Beta-Blockers')).toMatchObject({
    kind: 'class',
    className: 'beta blockers',
    members: ['20'],
  });
  expect(linker.linkDrug('AB')).toEqual({ kind: 'uncoded' });
  expect(linker.linkEvent('rashes')).toEqual({
    kind: 'uncoded',
    nearest: { term: 'Nausea', score: 0 },
  });
  expect(linker.linkEvent('anaemia')).toMatchObject({
    concept: { code: '10000002', display: 'Anemia', version: '20.1' },
    level: 'LLT',
    preferredTermCode: '10000003',
    systemOrganClass: 'Blood and lymphatic system disorders',
  });
  expect(linker.linkEvent('anaemia')).not.toHaveProperty('preferredTerm');
});
