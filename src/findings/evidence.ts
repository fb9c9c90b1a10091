import type { Note, Section, TextSpan } from '../notes/note.ts';
import type { Evidence } from './finding.ts';

/** A quote is never longer, UTF-16 code units: a card must be read at a glance. */
export const LONGEST_QUOTE = 600;

/**
 * The text that a drug–event pair rests on: the sentence that they share; else the passage from the
 * one sentence to the other where it is short enough to quote; else the event's sentence alone. Of a
 * sentence that is longer than a quote may be, what stands around drug and event.
 */
export function evidenceOf(note: Note, drug: TextSpan, event: TextSpan): Evidence {
  const ofEvent = sentenceAround(note, event);
  const both = union(sentenceAround(note, drug), ofEvent);
  const near = length(both) <= LONGEST_QUOTE;
  const shared = length(ofEvent) === length(both);
  const passage = near || shared ? both : ofEvent;
  const words = union(drug, event);
  const focus = length(words) <= LONGEST_QUOTE && contains(passage, words) ? words : event;
  return evidenceAt(
    note,
    length(passage) <= LONGEST_QUOTE ? passage : window(note, passage, focus),
  );
}

/** The text of a span as evidence, with heading and place in the attachment. */
export function evidenceAt(note: Note, span: TextSpan): Evidence {
  const { start, end } = trimmed(note.text, span);
  const heading = sectionAt(note, start)?.heading;
  return {
    source: note.source,
    start,
    end,
    quote: note.text.slice(start, end),
    ...(heading !== undefined && { sectionHeading: heading }),
    attachmentSpan: attachmentSpan(note, { start, end }),
  };
}

/** The section that an offset stands in. */
export function sectionAt(note: Note, offset: number): Section | undefined {
  return note.layout.sections.find(({ start, end }) => start <= offset && offset < end);
}

/** The sentence, or the sentences, that hold a span; its line where the layout has none there. */
export function sentenceAround({ text, layout }: Note, span: TextSpan): TextSpan {
  const holding = layout.sentences.filter(({ start, end }) => start < span.end && span.start < end);
  if (holding.length > 0) return holding.reduce(union, span);
  const end = text.indexOf('\n', span.end);
  const start = span.start === 0 ? 0 : text.lastIndexOf('\n', span.start - 1) + 1;
  return { start, end: end < 0 ? text.length : end };
}

export function union(one: TextSpan, other: TextSpan): TextSpan {
  return { start: Math.min(one.start, other.start), end: Math.max(one.end, other.end) };
}

export function contains(outer: TextSpan, inner: TextSpan): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function length({ start, end }: TextSpan): number {
  return end - start;
}

/** At most a quote's length of `passage` around `focus`, cut between words. */
function window({ text }: Note, passage: TextSpan, focus: TextSpan): TextSpan {
  const margin = Math.max(0, Math.floor((LONGEST_QUOTE - length(focus)) / 2));
  const wanted = {
    start: Math.max(passage.start, focus.start - margin),
    end: Math.min(passage.end, focus.end + margin, focus.start + LONGEST_QUOTE),
  };
  const skipped =
    wanted.start > passage.start ? text.slice(wanted.start, focus.start).search(/(?<=\s)\S/) : 0;
  const kept = text.slice(focus.end, wanted.end);
  const cut = wanted.end < passage.end ? kept.search(/\s\S*$/) : kept.length;
  const end = wanted.end < focus.end ? wanted.end : focus.end + (cut < 0 ? kept.length : cut);
  const start = wanted.start + Math.max(0, skipped);
  return { start, end: wholeCharacter(text, end) };
}

/** Never ends between the halves of a surrogate pair. */
function wholeCharacter(text: string, end: number): number {
  return /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end;
}

function trimmed(text: string, { start, end }: TextSpan): TextSpan {
  const slice = text.slice(start, end);
  const lead = slice.length - slice.trimStart().length;
  const kept = slice.trim().length;
  return kept === 0 ? { start, end } : { start: start + lead, end: start + lead + kept };
}

/**
 * The end is where the character after the span comes from, so that a mark-up entity at the end is
 * covered whole; after the last character of the note, one unit beyond where that came from.
 */
function attachmentSpan({ text, offsets }: Note, { start, end }: TextSpan): TextSpan {
  const first = offsets.toSource(start);
  if (end <= start) return { start: first, end: first };
  const last = offsets.toSource(end - 1) + 1;
  return { start: first, end: end < text.length ? Math.max(last, offsets.toSource(end)) : last };
}
