import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { listOf } from '../../../src/coding/build/own-lists.ts';
import { STARTER_SOURCES } from '../../../src/coding/build/sources.ts';
import { fold } from '../../../src/coding/fold.ts';
import { createLinker, STARTER_DIRECTORY } from '../../../src/coding/open.ts';
import { readStore } from '../../../src/coding/store.ts';
import { readTable } from '../../../src/coding/tsv.ts';

const OWN = join(STARTER_DIRECTORY, '../own');

let store: Awaited<ReturnType<typeof readStore>>;
beforeAll(async () => {
  store = await readStore(STARTER_DIRECTORY);
});

describe('rights', () => {
  test('every row comes from a source that may be published', () => {
    const known = new Set<string>(Object.keys(STARTER_SOURCES));
    const { drugs, drugNames, drugClasses, events, eventNames } = store.vocabulary;
    for (const rows of [drugs, drugNames, drugClasses, events, eventNames]) {
      expect(rows.filter((row) => !known.has(row.source))).toEqual([]);
    }
    expect(store.manifest.sources.map((source) => source.id).sort()).toEqual([...known].sort());
  });

  test('holds fewer than 1,000 MedDRA codes, all of them CTCAE terms or their preferred terms', () => {
    const { events, eventNames } = store.vocabulary;
    const codes = new Set(events.flatMap((term) => [term.code, term.ptCode ?? term.code]));
    expect(codes.size).toBeLessThan(1000);
    expect(events.every((term) => term.source.startsWith('ctcae-'))).toBe(true);
    expect(eventNames.every((name) => codes.has(name.code))).toBe(true);
  });

  test('carries the notices of NLM, ICH and DrugCentral', () => {
    const notices = store.manifest.sources.map((source) => source.attribution ?? '').join('\n');
    expect(notices).toContain('courtesy of the U.S. National Library of Medicine');
    expect(notices).toContain('MedDRA® is a registered trademark of ICH');
    expect(notices).toContain('DrugCentral');
  });

  test('stays small enough to be shipped', async () => {
    const files = await readdir(STARTER_DIRECTORY);
    const sizes = await Promise.all(files.map((file) => stat(join(STARTER_DIRECTORY, file))));
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(4_000_000);
  });
});

describe('our own lists', () => {
  test('every drug synonym names a concept of the vocabulary by code and name, and is compiled', async () => {
    const rows = await readTable(join(OWN, 'drug-synonyms.tsv'), ['rxcui', 'name', 'synonyms']);
    const names = new Map(store.vocabulary.drugs.map((concept) => [concept.code, concept.name]));
    const compiled = new Set(
      store.vocabulary.drugNames
        .filter((n) => n.source === 'own')
        .map((n) => `${n.code} ${fold(n.text)}`),
    );
    let count = 0;
    for (const { cells, line } of rows) {
      const codes = cells.rxcui.split('+');
      expect([line, codes.map((code) => names.get(code)).join(' + ')]).toEqual([line, cells.name]);
      for (const text of listOf(cells.synonyms)) {
        expect([line, text, compiled.has(`${cells.rxcui} ${fold(text)}`)]).toEqual([
          line,
          text,
          true,
        ]);
        count++;
      }
    }
    expect(count).toBeGreaterThanOrEqual(250);
  });

  test('every event synonym names a term of the vocabulary by code and name, and is compiled', async () => {
    const rows = await readTable(join(OWN, 'event-synonyms.tsv'), ['code', 'term', 'synonyms']);
    const names = new Map(store.vocabulary.events.map((term) => [term.code, term.name]));
    const compiled = new Set(
      store.vocabulary.eventNames
        .filter((n) => n.source === 'own')
        .map((n) => `${n.code} ${fold(n.text)}`),
    );
    let count = 0;
    for (const { cells, line } of rows) {
      expect([line, names.get(cells.code)]).toEqual([line, cells.term]);
      for (const text of listOf(cells.synonyms)) {
        expect([line, text, compiled.has(`${cells.code} ${fold(text)}`)]).toEqual([
          line,
          text,
          true,
        ]);
        count++;
      }
    }
    expect(count).toBeGreaterThanOrEqual(600);
  });

  test('every synonym of ours links to its own term, surely', async () => {
    const linker = createLinker(store.vocabulary, 'test');
    const wrong: string[] = [];
    for (const { cells } of await readTable(join(OWN, 'event-synonyms.tsv'), [
      'code',
      'synonyms',
    ])) {
      for (const text of listOf(cells.synonyms)) {
        const link = linker.linkEvent(text);
        if (link.kind !== 'event' || link.concept.code !== cells.code) wrong.push(text);
      }
    }
    for (const { cells } of await readTable(join(OWN, 'drug-synonyms.tsv'), [
      'rxcui',
      'synonyms',
    ])) {
      for (const text of listOf(cells.synonyms)) {
        const link = linker.linkDrug(text);
        if (link.kind !== 'drug' || link.method !== 'exact') wrong.push(text);
      }
    }
    for (const { cells } of await readTable(join(OWN, 'drug-classes.tsv'), ['class', 'names'])) {
      for (const text of listOf(cells.names)) {
        const link = linker.linkDrug(text);
        if (link.kind !== 'class' || link.className !== cells.class) wrong.push(text);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('every refusal is kept uncoded, and names its nearest term', async () => {
    const linker = createLinker(store.vocabulary, 'test');
    const coded: string[] = [];
    for (const { cells } of await readTable(join(OWN, 'not-coded.tsv'), [
      'domain',
      'texts',
      'nearest',
    ])) {
      for (const text of listOf(cells.texts)) {
        const link = cells.domain === 'drug' ? linker.linkDrug(text) : linker.linkEvent(text);
        const nearest = link.kind === 'uncoded' ? (link.nearest?.term ?? '') : undefined;
        if (nearest !== cells.nearest) coded.push(text);
      }
    }
    expect(coded).toEqual([]);
  });
});

test('every clinical drug, brand and combination resolves to ingredients (IN) of the vocabulary', () => {
  const types = new Map(store.vocabulary.drugs.map((concept) => [concept.code, concept.termType]));
  const lost = store.vocabulary.drugs.filter(
    (concept) =>
      concept.ingredients.length === 0 ||
      concept.ingredients.some((code) => types.get(code) !== 'IN'),
  );
  expect(lost).toEqual([]);
});
