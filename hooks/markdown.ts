/** C0 and C1 controls, bidirectional overrides and isolates, line and paragraph separators, BOM. */
const INVISIBLE = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]+/gu;

/** Note text on one line: no controls, no overrides of the direction of writing, single spaces. */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(INVISIBLE, ' ').replace(/\s+/gu, ' ').trim();
}

/**
 * Text of a note as it is to be read, whatever it holds: GitHub Flavoured Markdown neither finds
 * mark-up nor HTML nor an address in it that it would make a link of. For use inside a line or at
 * its start.
 * https://github.github.com/gfm/#backslash-escapes
 */
export function escapeMarkdown(text: string): string {
  return (
    oneLine(text)
      .replace(/[\\`*_[\]~|!#$]/g, '\\$&')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // Autolinks: http://…, www.…, someone@example.org.
      .replace(/:(?=\/\/)/g, '\\:')
      .replace(/(?<=www)\./gi, '\\.')
      .replaceAll('@', '\\@')
      // What would begin a list or an underlined heading at the start of a line.
      .replace(/^[-+=]/, '\\$&')
      .replace(/^(\d{1,9})([.)])/, '$1\\$2')
  );
}

/** A part of a quoted text, UTF-16 offsets into it. */
export interface Highlight {
  readonly start: number;
  readonly end: number;
}

/**
 * Escapes `text` and sets the highlighted parts in bold. A part is drawn in to its outermost
 * letters or digits, where `**` opens and closes whatever stands around it, and parts that touch
 * become one. https://github.github.com/gfm/#left-flanking-delimiter-run
 */
export function emphasise(text: string, highlights: readonly Highlight[]): string {
  const parts: string[] = [];
  let position = 0;
  for (const { start, end } of merged(text, highlights)) {
    parts.push(text.slice(position, start), text.slice(start, end));
    position = end;
  }
  parts.push(text.slice(position));
  return parts
    .map((part, index) => {
      const spaced = oneLineKeepingEdges(part);
      const escaped = index === 0 ? escapeMarkdown(spaced) : escapeInside(spaced);
      const bold = index % 2 === 1;
      if (bold) return `**${escaped}**`;
      return (
        (/^\s/.test(spaced) && index > 0 ? ' ' : '') +
        escaped +
        (/\s$/.test(spaced) && index < parts.length - 1 && escaped !== '' ? ' ' : '')
      );
    })
    .join('');
}

/** Not at a line's start: the rules for list marks do not apply. */
function escapeInside(text: string): string {
  // A letter in front keeps the line-start rules off and is taken away again.
  return escapeMarkdown(`x${text}`).slice(1).trim();
}

function oneLineKeepingEdges(text: string): string {
  return text.toWellFormed().replace(INVISIBLE, ' ').replace(/\s+/gu, ' ');
}

function merged(text: string, highlights: readonly Highlight[]): Highlight[] {
  const result: Highlight[] = [];
  const trimmed = highlights
    .map((highlight) => toWordEdges(text, highlight))
    .filter(({ start, end }) => end > start)
    .toSorted((a, b) => a.start - b.start);
  for (const next of trimmed) {
    const last = result.at(-1);
    if (last && next.start <= last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, next.end) };
    } else result.push(next);
  }
  return result;
}

function toWordEdges(text: string, highlight: Highlight): Highlight {
  const from = Math.max(0, Math.min(highlight.start, text.length));
  const part = text.slice(from, Math.max(from, highlight.end));
  const first = /[\p{L}\p{N}]/u.exec(part);
  if (!first) return { start: from, end: from };
  const last = /[\p{L}\p{N}](?=[^\p{L}\p{N}]*$)/u.exec(part);
  const lastEnd = last ? last.index + last[0].length : part.length;
  return { start: from + first.index, end: from + lastEnd };
}
