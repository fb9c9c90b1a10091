import type { Line } from './lines.ts';
import type { SectionKind, TextSpan } from './note.ts';
import { exactKind, kindOf } from './section-kinds.ts';

export interface Heading {
  /** Of the heading's first character. */
  readonly start: number;
  /** After the heading and its colon. */
  readonly end: number;
  readonly text: string;
  readonly kind: SectionKind;
  /** Alone on its line: what follows it is under it, not beside it. */
  readonly ownLine: boolean;
}

/** What the mark-up of an HTML note says of headings; spans of the shown text. */
export interface LayoutMarks {
  /** h1–h6. */
  readonly headings: readonly TextSpan[];
  /** Bold or underlined. */
  readonly strong: readonly TextSpan[];
}

const LONGEST_HEADING = 80;
const MARKDOWN =
  /^(#{1,6}\s+|[*_]{2}|={2,}\s*|-{2,}\s*|\[)(.*?)(?:\s*#+|[*_]{2}:?|\s*={2,}|\s*-{2,}|\]):?$/;
const MARKDOWN_HASH = /^(#{1,6}\s+)(.+)$/;
const BOLD_INLINE = /^([*_]{2})([^*_]{2,60}?)(:?[*_]{2}:?)(?=\s|$)/;
const INLINE = /^([\p{L}][^:.;!?|\n]{0,60}?)\s?(:)(?=\s|$)/u;
/** `FH: …` after the end of a sentence in the same line. */
const MID_LINE = /(?<=[.;!?)]\s{1,3}|\s{3})([A-Z][A-Za-z/&]{1,14}(?: [A-Za-z]{2,12}){0,3}):(?=\s)/g;
/** `PMH AF, CKD`, `FH nil relevant`: abbreviations in capitals that need no colon at the line's start. */
const BARE =
  /^(PMHX?|PSHX?|FHX?|SHX?|DHX?|HPI|HPC|PC|ROS|O\/E|PTA|CC|ALLERG(?:Y|IES)|FAM HX|IMP|Imp)(?=\s+\S)/;
const UNDERLINE = /^([=\-_~*])\1{2,}$/;

/** Headings of a note, in text order. */
export function findHeadings(lines: readonly Line[], marks: LayoutMarks): Heading[] {
  const marked = markedLines(lines, marks);
  const context: Context = {
    lines,
    mark: (index) => marked.get(index),
    shouting: isShouting(lines),
    soap: isSoap(lines),
  };
  const headings: Heading[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as Line;
    if (line.blank) continue;
    const first = ownLineHeading(line, index, context) ?? inlineHeading(line, context);
    if (first) headings.push(first);
    if (first?.ownLine) continue;
    for (const heading of midLineHeadings(line, first?.end ?? line.contentStart)) {
      headings.push(heading);
    }
  }
  return headings;
}

interface Context {
  readonly lines: readonly Line[];
  readonly mark: (index: number) => 'heading' | 'strong' | undefined;
  /** Written in capitals throughout, so that capitals say nothing. */
  readonly shouting: boolean;
  /** Sections are the letters S, O, A, P. */
  readonly soap: boolean;
}

function ownLineHeading(line: Line, index: number, context: Context): Heading | undefined {
  const { content } = line;
  if (content.length > LONGEST_HEADING || UNDERLINE.test(content)) return undefined;
  const mark = context.mark(index);
  const markdown = MARKDOWN.exec(content) ?? MARKDOWN_HASH.exec(content);
  const [text, offset] = markdown
    ? [markdown[2] ?? '', markdown[1]?.length ?? 0]
    : [content, line.markerLength];
  const words = (markdown ? text : text.slice(offset)).replace(/\s*:\s*$/, '').trim();
  if (!/\p{L}{2}/u.test(words) && !(context.soap && /^[SOAP]$/.test(words))) return undefined;
  const heading = (kind: SectionKind): Heading => ({
    start: line.contentStart,
    end: line.contentEnd,
    text: words,
    kind,
    ownLine: true,
  });
  if (mark === 'heading' || (markdown && !markdown[1]?.startsWith('[')))
    return heading(kindOf(words) ?? 'other');
  const colon = /:$/.test(content);
  // "PMH AF, CKD" has its text beside it.
  if (!colon && !mark && !exactKind(words) && BARE.test(words)) return undefined;
  const kind =
    colon || isCapitals(words) || mark || isApartAndTitled(words, index, context)
      ? kindOf(words)
      : exactKind(words);
  if (kind && canStandAlone(words, colon, line, index, context)) return heading(kind);
  if (line.markerLength > 0) return undefined;
  return isUnknownHeading(words, colon, mark !== undefined, index, context)
    ? heading('other')
    : undefined;
}

/** "Current inpatient medications" below an empty line and right above its text. */
function isApartAndTitled(words: string, index: number, { lines }: Context): boolean {
  const next = lines[index + 1];
  return (
    (index === 0 || lines[index - 1]?.blank === true) &&
    next?.blank === false &&
    /^\p{Lu}/u.test(words) &&
    /^[\p{L} /&-]+$/u.test(words) &&
    words.split(' ').length <= 4
  );
}

/** "Family" or "plan" alone in a line may be a word of a list; a heading begins with a capital or ends with a colon. */
function canStandAlone(
  words: string,
  colon: boolean,
  line: Line,
  index: number,
  { lines, soap }: Context,
): boolean {
  if (/[.,;?!]$/.test(words)) return false;
  if (words.length === 1) return soap && colon;
  if (colon) return true;
  // "NKDA" and the like say all themselves when nothing stands under them.
  const next = lines[index + 1];
  const after = next?.blank ? lines[index + 2] : next;
  if (!after) return false;
  if (line.markerLength > 0) return isCapitals(words);
  return /^\p{Lu}/u.test(words) || (index > 0 && lines[index - 1]?.blank === true);
}

/** A heading that no table knows, by its looks: capitals, bold, underlined, or capitalised before a colon. */
function isUnknownHeading(
  words: string,
  colon: boolean,
  strong: boolean,
  index: number,
  { lines, shouting }: Context,
): boolean {
  const next = lines[index + 1];
  const apart = index === 0 || lines[index - 1]?.blank === true;
  const wordCount = words.split(/\s+/).length;
  // Columns are the head of a table.
  if (wordCount > 8 || /[.,;?!]$/.test(words) || /\S(?:\s{3,}|\s\|\s)\S/.test(words)) return false;
  if (next && UNDERLINE.test(next.content) && next.content.length * 2 > words.length) return true;
  if (!apart) return false;
  if (strong) return true;
  if (isCapitals(words) && !shouting) {
    // Capitals above capitals are a list of drugs, or a title with its subtitle.
    const below = next?.blank ? lines[index + 2] : next;
    return colon || (below !== undefined && !below.blank && !isCapitals(below.content));
  }
  return colon && wordCount <= 6 && isTitleCase(words);
}

function inlineHeading(line: Line, { soap, shouting }: Context): Heading | undefined {
  const content = line.content.slice(0, LONGEST_HEADING + line.markerLength);
  const bold = BOLD_INLINE.exec(content);
  if (bold) {
    const kind = kindOf(bold[2] ?? '');
    if (!kind) return undefined;
    return inline(line, 0, bold[0].length, (bold[2] ?? '').replace(/:$/, ''), kind);
  }
  const match = INLINE.exec(content.slice(line.markerLength));
  const bare = match || shouting || line.markerLength > 0 ? undefined : BARE.exec(content)?.[0];
  const bareKind = bare === undefined ? undefined : exactKind(bare);
  if (bare !== undefined && bareKind) return inline(line, 0, bare.length, bare, bareKind);
  const words = match?.[1];
  if (!match || !words) return undefined;
  if (words.length === 1 && !(soap && /[SOAP]/.test(words))) return undefined;
  // A list item "1. Plan: …" or "- Allergies: …" speaks for itself only when it is known word for word.
  const known = exactKind(words);
  const capital = /^\p{Lu}/u.test(words);
  const kind =
    known ??
    (capital && line.markerLength === 0 && (isTitled(words) || shouting)
      ? kindOf(words)
      : undefined);
  if (!kind) return undefined;
  return inline(line, line.markerLength, match[0].length, words, kind);
}

function inline(
  line: Line,
  offset: number,
  length: number,
  text: string,
  kind: SectionKind,
): Heading {
  const start = line.contentStart;
  return { start, end: start + offset + length, text, kind, ownLine: false };
}

/** `PMH: asthma. FH: celiac in sister. SH: …`: only names that are known word for word. */
function midLineHeadings(line: Line, from: number): Heading[] {
  const headings: Heading[] = [];
  for (const match of line.content.matchAll(MID_LINE)) {
    const start = line.contentStart + match.index;
    const text = match[1] ?? '';
    const kind = start > from && text.length > 1 ? exactKind(text) : undefined;
    if (kind) headings.push({ start, end: start + match[0].length, text, kind, ownLine: false });
  }
  return headings;
}

/** Two of A and P, and one of S and O, at line starts: single letters are headings in this note. */
function isSoap(lines: readonly Line[]): boolean {
  const letters = new Set<string>();
  for (const { content } of lines) {
    const letter = /^([SOAP])(?::|\s*[-–]\s)/.exec(content)?.[1];
    if (letter) letters.add(letter);
  }
  return letters.has('A') && letters.has('P') && letters.size >= 3;
}

function isShouting(lines: readonly Line[]): boolean {
  let capitals = 0;
  let small = 0;
  for (const { content } of lines) {
    for (const character of content) {
      if (character >= 'A' && character <= 'Z') capitals += 1;
      else if (character >= 'a' && character <= 'z') small += 1;
    }
  }
  return capitals > small * 1.5;
}

function isCapitals(words: string): boolean {
  return /\p{Lu}.*\p{Lu}/u.test(words) && !/\p{Ll}/u.test(words.replace(/\([^)]*\)/g, ''));
}

const SMALL_WORDS = new Set([
  'of',
  'and',
  'the',
  'in',
  'on',
  'at',
  'for',
  'to',
  'by',
  'with',
  'or',
  'prior',
  'as',
]);

/** Every word but the small ones begins with a capital, a digit or a sign. */
function isTitleCase(words: string): boolean {
  return words.split(/\s+/).every((word) => SMALL_WORDS.has(word) || !/^\p{Ll}/u.test(word));
}

/** "Allergies and reactions", "Medications on admission": few words, only the first may need a capital. */
function isTitled(words: string): boolean {
  return words.split(/\s+/).length <= 5;
}

/** Lines that the mark-up makes a heading: wholly bold, or in h1–h6. */
function markedLines(
  lines: readonly Line[],
  { headings, strong }: LayoutMarks,
): Map<number, 'heading' | 'strong'> {
  const marked = new Map<number, 'heading' | 'strong'>();
  const mark = (spans: readonly TextSpan[], as: 'heading' | 'strong') => {
    const sorted = spans.toSorted((a, b) => a.start - b.start);
    let at = 0;
    for (const [index, line] of lines.entries()) {
      if (line.blank) continue;
      const from = line.contentStart + line.markerLength;
      while (at < sorted.length && (sorted[at] as TextSpan).end <= from) at += 1;
      const span = sorted[at];
      if (!span || span.start > from || line.content.length > LONGEST_HEADING) continue;
      // The colon may stand outside of the bold words.
      const colon = /\s*:$/.exec(line.content)?.[0].length ?? 0;
      if (span.end >= line.contentEnd - colon) marked.set(index, as);
    }
  };
  mark(strong, 'strong');
  mark(headings, 'heading');
  return marked;
}
