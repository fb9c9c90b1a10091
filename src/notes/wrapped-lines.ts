import type { Line } from './lines.ts';

/** Shorter lines than this are not wrapped prose; longer ones are paragraphs of one line. */
const NARROWEST = 45;
const WIDEST = 140;
const COLUMN_INDENT = 4;
/** Columns side by side: a gap within the line, a tab or a bar. */
const COLUMNS = /\S(?:\s{3,}|\t+\s*|\s\|\s)\S/;

/**
 * Joins hard-wrapped lines: runs of lines that one sentence may go through.
 *
 * A line goes on in the next when the next line's first word would not have fitted in it (that is
 * why it was broken there), or when the next line stands further in below a list item. Items of a
 * list, rows of a table and short lines stay apart.
 *
 * @param lines of one section's body, in order
 * @returns groups of neighbouring non-blank lines
 */
export function joinWrappedLines(lines: readonly Line[]): Line[][] {
  const groups: Line[][] = [];
  for (const paragraph of paragraphs(lines)) {
    const width = wrapWidth(paragraph);
    let group: Line[] = [];
    let itemIndent = 0;
    for (const line of paragraph) {
      const previous = group.at(-1);
      if (previous && goesOn(previous, line, width, group[0] as Line, itemIndent)) {
        group.push(line);
        continue;
      }
      if (group.length > 0) groups.push(group);
      group = [line];
      itemIndent = line.indent;
    }
    if (group.length > 0) groups.push(group);
  }
  return groups;
}

function goesOn(
  previous: Line,
  next: Line,
  width: number | undefined,
  first: Line,
  itemIndent: number,
): boolean {
  if (next.markerLength > 0 || COLUMNS.test(previous.content) || COLUMNS.test(next.content)) {
    return false;
  }
  if (first.markerLength > 0 && next.indent > itemIndent) return true;
  if (width === undefined || previous.content.endsWith(':')) return false;
  // Further in without being a list item's second line: another column, or a list of its own.
  if (next.indent >= previous.indent + COLUMN_INDENT) return false;
  const firstWord = /^\S+/.exec(next.content)?.[0].length ?? 0;
  const length = previous.indent + previous.content.length;
  if (length + 1 + firstWord > width) return true;
  return /^\p{Ll}/u.test(next.content) && length > width * 0.7;
}

/** The column at which the paragraph was wrapped; undefined when it was not. */
function wrapWidth(paragraph: readonly Line[]): number | undefined {
  if (paragraph.length < 2) return undefined;
  let width = 0;
  for (const line of paragraph) width = Math.max(width, line.indent + line.content.length);
  return width >= NARROWEST && width <= WIDEST ? width : undefined;
}

function* paragraphs(lines: readonly Line[]): Generator<Line[]> {
  let paragraph: Line[] = [];
  for (const line of lines) {
    if (!line.blank) {
      paragraph.push(line);
      continue;
    }
    if (paragraph.length > 0) yield paragraph;
    paragraph = [];
  }
  if (paragraph.length > 0) yield paragraph;
}
