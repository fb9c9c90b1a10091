import { findHeadings, type Heading, type LayoutMarks } from './headings.ts';
import { type Line, splitLines } from './lines.ts';
import type { NoteLayout, Section, TextSpan } from './note.ts';
import { splitSentences } from './sentences.ts';
import { joinWrappedLines } from './wrapped-lines.ts';

export type { LayoutMarks } from './headings.ts';

const NO_MARKS: LayoutMarks = { headings: [], strong: [] };

/**
 * Sections by their headings, and sentences. Sections cover the text in order and without gaps;
 * every character but white space is in exactly one sentence, and no sentence reaches over the
 * beginning of a section. A heading that stands alone on its line is a sentence of its own, one
 * beside its text (`FH: celiac in sister.`) belongs to the sentence.
 *
 * @param text a note; offsets count its UTF-16 code units
 * @param marks what HTML said of headings
 */
export function layoutOf(text: string, marks: LayoutMarks = NO_MARKS): NoteLayout {
  const lines = splitLines(text);
  const headings = findHeadings(lines, marks);
  return { sections: sectionsOf(text, headings), sentences: sentencesOf(text, lines, headings) };
}

function sectionsOf(text: string, headings: readonly Heading[]): Section[] {
  if (text === '') return [];
  const sections: Section[] = [];
  const first = headings[0];
  const leadIn = first ? text.slice(0, first.start) : text;
  if (leadIn.trim() !== '' || !first) {
    sections.push({
      start: 0,
      end: first?.start ?? text.length,
      kind: 'other',
      bodyStart: skipSpace(text, 0, first?.start ?? text.length),
    });
  }
  for (const [index, heading] of headings.entries()) {
    const end = headings[index + 1]?.start ?? text.length;
    sections.push({
      // White space before the first heading belongs to its section: there are no gaps.
      start: sections.length === 0 ? 0 : heading.start,
      end,
      heading: heading.text,
      kind: heading.kind,
      bodyStart: skipSpace(text, heading.end, end),
    });
  }
  return sections;
}

function skipSpace(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && /\s/.test(text.charAt(at))) at += 1;
  return at;
}

function sentencesOf(
  text: string,
  lines: readonly Line[],
  headings: readonly Heading[],
): TextSpan[] {
  const sentences: TextSpan[] = [];
  // Not by spreading into push: a note of one line may have a million sentences.
  const split = (start: number, end: number) => {
    for (const sentence of splitSentences(text, start, end)) sentences.push(sentence);
  };
  let body: Line[] = [];
  let next = 0;
  const endBody = () => {
    for (const group of joinWrappedLines(body)) {
      split((group[0] as Line).contentStart, (group.at(-1) as Line).contentEnd);
    }
    body = [];
  };
  for (const line of lines) {
    const heading = headings[next];
    if (!heading || heading.start >= line.end || line.blank) {
      body.push(line);
      continue;
    }
    endBody();
    if (heading.ownLine) {
      sentences.push({ start: line.contentStart, end: line.contentEnd });
      next += 1;
      continue;
    }
    // Headings beside their text cut the line; its last piece may go on in the next line.
    let start = line.contentStart;
    while (next < headings.length && (headings[next] as Heading).start < line.end) {
      const at = (headings[next] as Heading).start;
      if (at > start) split(start, at);
      start = at;
      next += 1;
    }
    body.push({
      ...line,
      contentStart: start,
      indent: line.indent + (start - line.contentStart),
      content: text.slice(start, line.contentEnd),
    });
  }
  endBody();
  return sentences;
}
