import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { DatabaseError } from './database-error.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { createFeedbackStore, type FeedbackStore } from './feedback-store.ts';
import { createFindingsStore, type FindingsStore } from './findings-store.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Schema } from './schema.ts';

/** PGlite keeps its cluster in a directory of its own, below the one with the lock. */
const CLUSTER = 'pgdata';

export interface DatabaseOptions {
  /** A directory, or `memory:` for a database that ends with the process. */
  readonly location: string;
  readonly now?: () => Date;
}

export interface Database {
  readonly findings: FindingsStore;
  readonly feedback: FeedbackStore;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Waits for what is being written, closes the cluster and frees the directory. */
  close(): Promise<void>;
}

/**
 * Opens the embedded database, and brings its tables up to date. The first opening of a directory
 * takes seconds, later ones less.
 *
 * @throws DatabaseError when the directory is in use, damaged, or of a newer version
 */
export async function openDatabase({ location, now }: DatabaseOptions): Promise<Database> {
  if (/^postgres(ql)?:/i.test(location)) {
    throw new DatabaseError(
      'A PostgreSQL server cannot be used by this version yet: give a directory or memory: (VIGILNOTE_DATABASE).',
    );
  }
  const inMemory = /^memory:?(?:\/\/)?$/.test(location);
  const directory = resolve(location);
  const lock = inMemory ? undefined : await locked(directory);
  try {
    const pglite = await openCluster(inMemory ? undefined : directory);
    const kysely = new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) });
    try {
      await migrate(kysely, inMemory ? 'memory' : directory);
    } catch (error) {
      await pglite.close().catch(() => undefined);
      throw error;
    }
    return databaseOver(kysely, pglite, lock, now);
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

function databaseOver(
  kysely: Kysely<Schema>,
  pglite: PGlite,
  lock: DirectoryLock | undefined,
  now: (() => Date) | undefined,
): Database {
  let closing: Promise<void> | undefined;
  return {
    findings: createFindingsStore(kysely),
    feedback: createFeedbackStore(kysely, now),
    async ping() {
      await sql`select 1`.execute(kysely);
    },
    close() {
      closing ??= (async () => {
        try {
          await kysely.destroy();
          if (!pglite.closed) await pglite.close();
        } finally {
          await lock?.release();
        }
      })();
      return closing;
    },
  };
}

async function locked(directory: string): Promise<DirectoryLock> {
  try {
    return await lockDirectory(directory);
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    throw new DatabaseError(
      `The directory ${directory} cannot be used for the database (${reasonOf(error)}): ` +
        'give one that this user may write to (VIGILNOTE_DATABASE).',
      { cause: error },
    );
  }
}

async function openCluster(directory: string | undefined): Promise<PGlite> {
  const dataDir = directory === undefined ? 'memory://' : join(directory, CLUSTER);
  if (directory !== undefined) await refuseForeignFiles(directory, dataDir);
  try {
    return await PGlite.create(dataDir);
  } catch (error) {
    throw new DatabaseError(
      directory === undefined
        ? `The embedded database does not start (${reasonOf(error)}).`
        : `The database in ${dataDir} cannot be opened (${reasonOf(error)}): it is damaged, or of ` +
            'another version of PostgreSQL. Restore it from a copy, or move the directory away: findings ' +
            'are read from the notes again, what users answered to cards is lost.',
      { cause: error },
    );
  }
}

/** A cluster directory with files in it but no cluster is somebody else's, or half of one. */
async function refuseForeignFiles(directory: string, dataDir: string): Promise<void> {
  const files = await readdir(dataDir).catch((): string[] => []);
  if (files.length === 0 || files.includes('PG_VERSION')) return;
  throw new DatabaseError(
    `${dataDir} holds files but no database. Move them away, or give another directory than ${directory} (VIGILNOTE_DATABASE).`,
  );
}

async function migrate(kysely: Kysely<Schema>, where: string): Promise<void> {
  const migrator = new Migrator({
    db: kysely,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find(({ status }) => status === 'Error')?.migrationName;
  throw new DatabaseError(
    failed
      ? `The tables in ${where} could not be brought up to date: migration ${failed} failed (${reasonOf(error)}).`
      : `The tables in ${where} are not those of this version (${reasonOf(error)}): they were made by a newer ` +
          'one, or are damaged. Start the version that made them, or move the directory away.',
    { cause: error },
  );
}

/** The first line of an error: the rest of a database's message may hold values of rows. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n', 1)[0] ?? '').slice(0, 200);
}
