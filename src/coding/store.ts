import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { z } from 'zod';
import type { Vocabulary } from './vocabulary.ts';

/**
 * The store on disk: `manifest.json` and one brotli-compressed, tab-separated table per kind of row.
 * Brotli and not gzip because zlib's output differs between processors, and a rebuild must give the
 * same bytes everywhere.
 */
export const STORE_FORMAT = 'vigilnote-vocabulary/1';

const TABLES = {
  drugs: ['code', 'termType', 'name', 'ingredients', 'source'],
  drugNames: ['text', 'code', 'source'],
  drugClasses: ['name', 'members', 'source'],
  drugClassNames: ['text', 'className'],
  events: ['code', 'level', 'name', 'ptCode', 'soc', 'source'],
  eventNames: ['text', 'code', 'source'],
  refusals: ['domain', 'text', 'nearest'],
} as const;
type TableName = keyof typeof TABLES;
const TABLE_NAMES = Object.keys(TABLES) as TableName[];

const manifestSchema = z.object({
  format: z.literal(STORE_FORMAT),
  name: z.string(),
  /** `<name>-<first 12 hex digits of the hash of all tables>`. */
  version: z.string(),
  sources: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      version: z.string().optional(),
      licence: z.string(),
      attribution: z.string().optional(),
    }),
  ),
  tables: z.record(
    z.string(),
    z.object({ file: z.string(), rows: z.number().int(), sha256: z.string() }),
  ),
  /** Rows per source and table: `{ ctcae: { events: 824 } }`. */
  rowsBySource: z.record(z.string(), z.record(z.string(), z.number().int())),
});
export type StoreManifest = z.infer<typeof manifestSchema>;

/** A store that is missing, of another format, or damaged. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/**
 * Writes a vocabulary so that equal rows give equal bytes. A good store is replaced only by a whole
 * one: everything is written beside it first and moved into place.
 * @returns the manifest
 */
export async function writeStore(
  directory: string,
  name: string,
  vocabulary: Vocabulary,
): Promise<StoreManifest> {
  const bodies = new Map<TableName, string>();
  for (const table of TABLE_NAMES) bodies.set(table, serialise(table, vocabulary[table]));
  const manifest = describe(name, vocabulary, bodies);

  await mkdir(dirname(directory), { recursive: true });
  const fresh = await mkdtemp(`${directory}.new-`);
  // mkdtemp makes it for its owner alone; the service often runs as another user than who built it.
  await chmod(fresh, 0o755);
  try {
    for (const [table, body] of bodies) {
      const packed = brotliCompressSync(body, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: 9,
          [constants.BROTLI_PARAM_LGWIN]: 22,
          [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(body),
        },
      });
      await writeFile(join(fresh, fileOf(table)), packed);
    }
    await writeFile(join(fresh, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    const old = `${fresh}.old`;
    await rename(directory, old).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(fresh, directory);
    await rm(old, { recursive: true, force: true });
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
  return manifest;
}

/**
 * Reads a manifest alone.
 * @throws StoreError naming the directory and what to do
 */
export async function readManifest(directory: string): Promise<StoreManifest> {
  const file = join(directory, 'manifest.json');
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new StoreError(
      `${directory}: no vocabulary there (${(error as Error).message}); make one with 'vigilnote vocabulary build --from DIR --out ${directory}'`,
    );
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    throw new StoreError(
      `${file}: not a manifest of ${STORE_FORMAT}: ${z.prettifyError(parsed.error)}; build the vocabulary again with this version`,
    );
  }
  return parsed.data;
}

/**
 * Reads a whole store, checking every table against the hash in its manifest.
 * @throws StoreError when the store is missing or damaged
 */
export async function readStore(
  directory: string,
): Promise<{ manifest: StoreManifest; vocabulary: Vocabulary }> {
  const manifest = await readManifest(directory);
  const rows = {} as Record<TableName, unknown[]>;
  await Promise.all(
    TABLE_NAMES.map(async (table) => {
      rows[table] = deserialise(table, await readBody(directory, table, manifest));
    }),
  );
  return {
    manifest,
    vocabulary: { sources: manifest.sources, ...rows } as unknown as Vocabulary,
  };
}

async function readBody(
  directory: string,
  table: TableName,
  manifest: StoreManifest,
): Promise<string> {
  const entry = manifest.tables[table];
  const file = join(directory, fileOf(table));
  let body: Buffer;
  try {
    body = brotliDecompressSync(await readFile(file));
  } catch (error) {
    throw new StoreError(`${file}: cannot be read (${(error as Error).message}); build again`);
  }
  if (sha256(body) !== entry?.sha256) {
    throw new StoreError(`${file}: its content is not what the manifest says; build again`);
  }
  return body.toString('utf8');
}

function describe(
  name: string,
  vocabulary: Vocabulary,
  bodies: ReadonlyMap<TableName, string>,
): StoreManifest {
  const tables: StoreManifest['tables'] = {};
  const rowsBySource: StoreManifest['rowsBySource'] = {};
  const whole = createHash('sha256');
  for (const [table, body] of bodies) {
    tables[table] = { file: fileOf(table), rows: vocabulary[table].length, sha256: sha256(body) };
    whole.update(body);
    for (const row of vocabulary[table]) {
      if (!('source' in row)) continue;
      const counts = rowsBySource[row.source] ?? {};
      counts[table] = (counts[table] ?? 0) + 1;
      rowsBySource[row.source] = counts;
    }
  }
  return {
    format: STORE_FORMAT,
    name,
    version: `${name}-${whole.digest('hex').slice(0, 12)}`,
    sources: vocabulary.sources.map((source) => ({ ...source })),
    tables,
    rowsBySource,
  };
}

function fileOf(table: TableName): string {
  return `${table.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.tsv.br`;
}

function sha256(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

type Cell = string | readonly string[] | undefined;

function serialise(table: TableName, rows: readonly object[]): string {
  const columns = TABLES[table];
  const lines = rows.map((row) =>
    columns
      .map((column) => {
        const cell = (row as Record<string, Cell>)[column];
        const text = typeof cell === 'string' ? cell : (cell ?? []).join(' ');
        if (/[\t\n\r]/.test(text)) {
          throw new StoreError(`table ${table}: a tab or line break in ${column} '${text}'`);
        }
        return text;
      })
      .join('\t'),
  );
  return `${[columns.join('\t'), ...lines].join('\n')}\n`;
}

const LIST_COLUMNS = new Set(['ingredients', 'members']);
const OPTIONAL_COLUMNS = new Set(['ptCode', 'soc', 'nearest']);

/** The hash has vouched for the content, so this splits without checking. */
function deserialise(table: TableName, body: string): object[] {
  const columns = TABLES[table];
  const lines = body.split('\n');
  const rows: object[] = [];
  for (let i = 1; i < lines.length - 1; i++) {
    const cells = (lines[i] as string).split('\t');
    const row: Record<string, Cell> = {};
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c] as string;
      const cell = cells[c] ?? '';
      if (LIST_COLUMNS.has(column)) row[column] = cell === '' ? [] : cell.split(' ');
      else if (cell !== '' || !OPTIONAL_COLUMNS.has(column)) row[column] = cell;
    }
    rows.push(row);
  }
  return rows;
}
