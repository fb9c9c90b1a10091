import type { TextSpan } from './note.ts';

/** A line without its line ending; `contentStart`–`contentEnd` leaves white space at both ends out. */
export interface Line extends TextSpan {
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly content: string;
  readonly blank: boolean;
  /** Columns before the content; a tab counts as four. */
  readonly indent: number;
  /** Length of a bullet or number with the white space after it; 0 for other lines. */
  readonly markerLength: number;
}

const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;
const MARKER =
  /^(?:[-*+•·▪◦‣⁃●○■□–—]+|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)]|#\d{1,3}[.):]?|\[[ xX]?\])(?=\s)\s*/;

export function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const match of text.matchAll(LINE_END)) {
    lines.push(lineOf(text, start, match.index));
    start = match.index + match[0].length;
  }
  if (start < text.length) lines.push(lineOf(text, start, text.length));
  return lines;
}

function lineOf(text: string, start: number, end: number): Line {
  let contentStart = start;
  let indent = 0;
  while (contentStart < end && isSpace(text.charCodeAt(contentStart))) {
    indent += text.charCodeAt(contentStart) === 9 ? 4 : 1;
    contentStart += 1;
  }
  let contentEnd = end;
  while (contentEnd > contentStart && isSpace(text.charCodeAt(contentEnd - 1))) contentEnd -= 1;
  const content = text.slice(contentStart, contentEnd);
  return {
    start,
    end,
    contentStart,
    contentEnd,
    content,
    blank: content === '',
    indent,
    markerLength: MARKER.exec(content.slice(0, 40))?.[0].length ?? 0,
  };
}

function isSpace(code: number): boolean {
  return (
    code === 32 ||
    (code >= 9 && code <= 13) ||
    code === 0xa0 ||
    /\s/.test(String.fromCharCode(code))
  );
}
