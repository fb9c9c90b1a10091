import { cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../../src/database/database.ts';
import { DatabaseError } from '../../../src/database/database-error.ts';
import { noteFindings, readingKey, SERVER } from './fixtures.ts';

let parent: string;
/** A directory with a database that was opened, written to and closed: making one takes seconds. */
let made: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'vigilnote-database-'));
  made = join(parent, 'made');
  const database = await openDatabase({ location: made });
  await database.findings.keep(readingKey(), 'p1', { state: 'read', findings: noteFindings() });
  await database.close();
});

async function copyOfMade(name: string): Promise<string> {
  await cp(made, join(parent, name), { recursive: true });
  return join(parent, name);
}
afterAll(() => rm(parent, { recursive: true, force: true }));

describe('a database in a directory', () => {
  test('is readable by its owner alone, and leaves no lock', async () => {
    expect((await stat(made)).mode & 0o077).toBe(0);
    expect(await readdir(made)).toEqual(['pgdata']);
  });

  test('keeps what was stored when it is opened again', async () => {
    const database = await openDatabase({ location: await copyOfMade('reopened') });
    const found = await database.findings.find([readingKey()]);
    await database.close();
    expect(found).toEqual([{ state: 'read', findings: noteFindings() }]);
  });

  test('refuses a second opening while the first lasts, and says what to do', async () => {
    const location = await copyOfMade('twice');
    const first = await openDatabase({ location });
    await expect(openDatabase({ location })).rejects.toThrow(
      new RegExp(`in use by process ${process.pid}.*another directory \\(VIGILNOTE_DATABASE\\)`),
    );
    await first.close();
    expect(await readdir(location)).toEqual(['pgdata']);
  });

  test('says that a damaged cluster is damaged, and frees the lock', async () => {
    const location = await copyOfMade('damaged');
    await writeFile(join(location, 'pgdata/global/pg_control'), 'not a control file');
    const opening = openDatabase({ location });
    await expect(opening).rejects.toThrow(DatabaseError);
    await expect(opening).rejects.toThrow(/damaged.*move the directory away/s);
    expect(await readdir(location)).toEqual(['pgdata']);
  });

  test('of a newer version is left as it is, and says so', async () => {
    const location = await copyOfMade('newer');
    const cluster = await PGlite.create(join(location, 'pgdata'));
    await cluster.query(
      "insert into kysely_migration (name, timestamp) values ('9999-of-the-future', '2099-01-01')",
    );
    await cluster.close();
    await expect(openDatabase({ location })).rejects.toThrow(
      /not those of this version.*newer one/s,
    );
  });

  test('does not write into a directory of other files', async () => {
    const location = join(parent, 'foreign');
    await mkdir(join(location, 'pgdata'), { recursive: true });
    await writeFile(join(location, 'pgdata/letters.txt'), 'somebody’s');
    await expect(openDatabase({ location })).rejects.toThrow(/holds files but no database/);
  });

  test('says so when the directory cannot be made', async () => {
    const file = join(parent, 'a-file');
    await writeFile(file, '');
    await expect(openDatabase({ location: join(file, 'below') })).rejects.toThrow(
      /cannot be used for the database.*VIGILNOTE_DATABASE/,
    );
  });
});

test('a PostgreSQL address is refused without being repeated', async () => {
  const opening = openDatabase({ location: 'postgres://user:secret@db.example/vigilnote' });
  await expect(opening).rejects.toThrow(/PostgreSQL server cannot be used/);
  await expect(opening).rejects.not.toThrow(/secret/);
});

describe('a database in memory', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase({ location: 'memory:' });
  });
  afterAll(() => database.close());

  test('answers a ping while it is open, and closes once however often it is asked to', async () => {
    const other = await openDatabase({ location: 'memory' });
    await other.ping();
    await Promise.all([other.close(), other.close()]);
    await expect(other.ping()).rejects.toThrow();
  });

  test('finds readings in the place of their keys', async () => {
    const [known, unreadable] = [readingKey(), readingKey({ reference: 'DocumentReference/d2' })];
    await database.findings.keep(known, 'p1', { state: 'read', findings: noteFindings() });
    await database.findings.keep(unreadable, 'p1', { state: 'unreadable', reason: 'a picture' });
    expect(await database.findings.find([])).toEqual([]);
    expect(await database.findings.find([readingKey({ version: '2' }), unreadable, known])).toEqual(
      [
        undefined,
        { state: 'unreadable', reason: 'a picture' },
        { state: 'read', findings: noteFindings() },
      ],
    );
  });

  test.each([
    { server: 'https://other.example/fhir' },
    { reference: 'DocumentReference/other' },
    { version: 'other' },
    { modelId: 'other' },
    { vocabularyVersion: 'other' },
  ])('a reading is not found under a key that differs in %o', async (difference) => {
    await database.findings.keep(readingKey(), 'p1', { state: 'read', findings: noteFindings() });
    expect(await database.findings.find([readingKey(difference)])).toEqual([undefined]);
  });

  test('a newer reading takes the place of an older one', async () => {
    const key = readingKey({ version: 'rewritten' });
    await database.findings.keep(key, 'p1', { state: 'read', findings: noteFindings() });
    await database.findings.keep(key, 'p1', { state: 'unreadable', reason: 'a picture' });
    expect(await database.findings.find([key])).toEqual([
      { state: 'unreadable', reason: 'a picture' },
    ]);
  });

  test('stores what jsonb cannot hold as replacement characters', async () => {
    const key = readingKey({ version: 'nul' });
    const [finding] = noteFindings().findings;
    if (!finding) throw new Error('no finding');
    const quote = `rash\u0000 \ud800`;
    const findings = noteFindings({
      findings: [{ ...finding, evidence: { ...finding.evidence, quote } }],
    });
    await database.findings.keep(key, 'p1', { state: 'read', findings });
    const [found] = await database.findings.find([key]);
    expect(found?.state === 'read' && found.findings.findings[0]?.evidence.quote).toBe(
      'rash\ufffd \ufffd',
    );
  });

  test('finds more readings than go into one statement', async () => {
    const keys = Array.from({ length: 2_500 }, (_, index) => readingKey({ version: `m${index}` }));
    const last = keys.at(-1);
    if (!last) throw new Error('no key');
    await database.findings.keep(last, 'p1', { state: 'unreadable', reason: 'a picture' });
    const found = await database.findings.find(keys);
    expect(found).toHaveLength(2_500);
    expect(found.filter(Boolean)).toHaveLength(1);
  });

  test('erases the readings of one patient of one server', async () => {
    const mine = readingKey({ reference: 'DocumentReference/mine' });
    const elsewhere = readingKey({ server: 'https://other.example/fhir' });
    const others = readingKey({ reference: 'DocumentReference/others' });
    for (const [key, patient] of [
      [mine, 'erased'],
      [elsewhere, 'erased'],
      [others, 'kept'],
    ] as const) {
      await database.findings.keep(key, patient, { state: 'read', findings: noteFindings() });
    }
    expect(await database.findings.erasePatient(SERVER, 'erased')).toBe(1);
    const found = await database.findings.find([mine, elsewhere, others]);
    expect(found.map((reading) => reading?.state)).toEqual([undefined, 'read', 'read']);
  });
});
