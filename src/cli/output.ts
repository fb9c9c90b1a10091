import { stripVTControlCharacters, styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];
type Align = 'left' | 'right';

/** What a stream has to offer; `process.stdout` does. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The command line's only way to stdout and stderr: results go to stdout, words about them to stderr. */
export interface Output {
  /** Whether {@link Output.style} colours: a terminal, or FORCE_COLOR, and no NO_COLOR (https://no-color.org). */
  readonly colours: boolean;
  /** Width to wrap to, in columns: the terminal's, or 100. */
  readonly columns: number;
  /** Writes text to stdout as it is, without a line end. */
  write(text: string): void;
  /** Writes a line to stdout. */
  line(text?: string): void;
  /** Writes a line to stderr: progress, what is being waited for. */
  note(text: string): void;
  /** Writes an error to stderr, marked as one. */
  error(text: string): void;
  /** Writes a value to stdout as indented JSON. */
  json(value: unknown): void;
  /** Writes rows under their heads to stdout; numbers are given as text by the caller, units in the head. */
  table(
    head: readonly string[],
    rows: readonly (readonly string[])[],
    align?: readonly Align[],
  ): void;
  /** Text in a style of `util.styleText`, or as it is where colours are off. */
  style(format: Format, text: string): string;
}

/**
 * @param streams where to write; a test passes its own
 * @param env environment that is asked for NO_COLOR and FORCE_COLOR
 */
export function createOutput(
  streams: { readonly stdout: OutputStream; readonly stderr: OutputStream },
  env: Readonly<Record<string, string | undefined>> = process.env,
): Output {
  const { stdout, stderr } = streams;
  const colours =
    !env.NO_COLOR && (env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : stdout.isTTY === true);
  const style = (format: Format, text: string): string =>
    colours ? styleText(format, text, { validateStream: false }) : text;
  const line = (text = ''): void => {
    stdout.write(`${text}\n`);
  };
  return {
    colours,
    columns: stdout.columns ?? 100,
    write: (text) => {
      stdout.write(text);
    },
    line,
    note: (text) => {
      stderr.write(`${text}\n`);
    },
    error: (text) => {
      stderr.write(`${style('red', 'error:')} ${text}\n`);
    },
    json: (value) => line(JSON.stringify(value, null, 2)),
    table: (head, rows, align = []) => {
      for (const text of formatTable(head, rows, align, (cell) => style('bold', cell))) line(text);
    },
    style,
  };
}

/** Rows padded to their columns' widths; escape sequences of colours take no width. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly Align[] = [],
  styleHead: (cell: string) => string = (cell) => cell,
): string[] {
  const widths = head.map((cell, column) =>
    Math.max(width(cell), ...rows.map((row) => width(row[column] ?? ''))),
  );
  const format = (cells: readonly string[]): string =>
    widths
      .map((columnWidth, column) => {
        const cell = cells[column] ?? '';
        const padding = ' '.repeat(columnWidth - width(cell));
        return align[column] === 'right' ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  return [
    format(head.map((cell) => styleHead(cell))),
    widths.map((columnWidth) => '─'.repeat(columnWidth)).join('  '),
    ...rows.map((row) => format(row)),
  ];
}

function width(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** The process's own output. A reader that goes away (`vigilnote … | head`) is no error. */
export const output: Output = createOutput(process);

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exitCode ??= 0;
  });
}
