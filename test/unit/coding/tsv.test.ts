import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseTable, readTable, TableError } from '../../../src/coding/tsv.ts';

describe('parseTable', () => {
  test('reads columns by name, in any order, and ignores the others', () => {
    const rows = parseTable('b\tx\ta\r\n2\t9\t1\r\n', 'f.tsv', ['a', 'b']);
    expect(rows).toEqual([{ file: 'f.tsv', line: 2, cells: { a: '1', b: '2' } }]);
  });

  test('skips comments, empty lines and a byte-order mark, and keeps counting lines', () => {
    const rows = parseTable('\uFEFF# about\n\na\n# note\n1\n', 'f.tsv', ['a']);
    expect(rows).toEqual([{ file: 'f.tsv', line: 5, cells: { a: '1' } }]);
  });

  test('keeps empty cells at the end of a row', () => {
    expect(parseTable('a\tb\n1\t\n', 'f.tsv', ['b'])[0]?.cells).toEqual({ b: '' });
  });

  test.each([
    ['a\tb\n1\n', 'f.tsv:2: 1 cells where the header has 2; separate cells with single tabs'],
    [
      'a\tb\n1\t2\n1\t2\t3\n',
      'f.tsv:3: 3 cells where the header has 2; separate cells with single tabs',
    ],
    ['x\ty\n', "f.tsv:1: no column 'a'; it has x, y"],
    ['', 'f.tsv: empty; a header with a is needed'],
  ])('says where %j is wrong', (text, message) => {
    expect(() => parseTable(text, 'f.tsv', ['a'])).toThrow(TableError);
    expect(() => parseTable(text, 'f.tsv', ['a'])).toThrow(message);
  });
});

describe('readTable', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vigilnote-tsv-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  test('names a file that is not there', async () => {
    const file = join(directory, 'none.tsv');
    await expect(readTable(file, ['a'])).rejects.toThrow(`${file}: cannot be read (ENOENT)`);
  });

  test('refuses another encoding than UTF-8', async () => {
    const file = join(directory, 'latin1.tsv');
    await writeFile(file, Buffer.from('a\nn\xe4chst\n', 'latin1'));
    await expect(readTable(file, ['a'])).rejects.toThrow('is not UTF-8; convert it first');
  });
});
