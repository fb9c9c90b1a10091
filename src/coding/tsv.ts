import { readFile } from 'node:fs/promises';

/** A row that could not be read; the message names file, line, what was wrong and what to do. */
export class TableError extends Error {
  override readonly name = 'TableError';
  readonly file: string;
  /** 1-based; the header is line 1. Absent when the whole file is meant. */
  readonly line: number | undefined;

  constructor(file: string, line: number | undefined, problem: string) {
    super(`${file}${line === undefined ? '' : `:${line}`}: ${problem}`);
    this.file = file;
    this.line = line;
  }
}

/** One data row: its cells by column name and where it stands, for error messages. */
export interface TableRow<Column extends string> {
  readonly file: string;
  readonly line: number;
  readonly cells: Readonly<Record<Column, string>>;
}

/**
 * Reads a tab-separated table with a header row and without quoting. Lines that begin with `#` and
 * empty lines are skipped; CRLF and a byte-order mark are accepted; columns may stand in any order
 * and further columns are ignored.
 * @param file the name that errors carry
 * @param columns the columns that must be there
 * @throws TableError when a column is missing or a row has another number of cells than the header
 */
export function parseTable<Column extends string>(
  text: string,
  file: string,
  columns: readonly Column[],
): TableRow<Column>[] {
  let positions: readonly (readonly [Column, number])[] | undefined;
  let width = 0;
  const rows: TableRow<Column>[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = index + 1;
    const content = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (content === '' || content.startsWith('#')) continue;
    const cells = content.split('\t');
    if (!positions) {
      positions = headerPositions(cells, columns, file, line);
      width = cells.length;
      continue;
    }
    if (cells.length !== width) {
      throw new TableError(
        file,
        line,
        `${cells.length} cells where the header has ${width}; separate cells with single tabs`,
      );
    }
    const named = {} as Record<Column, string>;
    for (const [column, position] of positions) named[column] = (cells[position] ?? '').trim();
    rows.push({ file, line, cells: named });
  }
  if (!positions) {
    throw new TableError(file, undefined, `empty; a header with ${columns.join(', ')} is needed`);
  }
  return rows;
}

function headerPositions<Column extends string>(
  header: readonly string[],
  columns: readonly Column[],
  file: string,
  line: number,
): (readonly [Column, number])[] {
  return columns.map((column) => {
    const position = header.indexOf(column);
    if (position < 0) {
      throw new TableError(file, line, `no column '${column}'; it has ${header.join(', ')}`);
    }
    return [column, position] as const;
  });
}

/**
 * Reads a table from disk. Errors name the file as given.
 * @throws TableError when the file is missing, is not UTF-8 or has a bad row
 */
export async function readTable<Column extends string>(
  file: string,
  columns: readonly Column[],
): Promise<TableRow<Column>[]> {
  return parseTable(await readText(file), file, columns);
}

async function readText(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new TableError(file, undefined, `cannot be read (${code})`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TableError(file, undefined, 'is not UTF-8; convert it first');
  }
}
