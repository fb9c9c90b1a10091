import type { TextSpan } from '../../notes/note.ts';
import type { Severity } from '../finding.ts';

/** The note's own grading words; CTCAE grades cannot be told from text and are not tried. */
const WORDS: readonly (readonly [Severity, string])[] = [
  // "mild to moderate" is graded by its upper end.
  ['severe', 'severe(?:ly)?|life-?threatening|profound(?:ly)?|intense|fulminant|marked(?:ly)?'],
  ['moderate', 'moderate(?:ly)?'],
  ['mild', 'mild(?:ly)?|minor|slight(?:ly)?'],
];

/** Words that may stand between a grading word and the event: "severe diffuse itchy rash". */
const BETWEEN = String.raw`(?:(?:\s+|\s*/\s*|-)(?:[\p{L}\p{N}'’/-]+)){0,3}?\s+`;

/** "rash: mild", "the rash was severe". */
const SET_OFF = String.raw`(?:[,(:–-]\s*|(?:is|was|were|are|has been|remained|became|becoming|described as)\s+(?:very |quite |rather |more )?)`;
/** "rash from amoxicillin, mild": the grading word stands by itself, before no noun of its own. */
const SHORT_PHRASE = String.raw`(?:\s+[\p{L}\p{N}'’/-]+){0,6}?`;
const ALONE = String.raw`(?=\s*(?:[,.;)]|$)|\s+(?:and|but|in)\s)`;

/**
 * The grading word that belongs to the event: within it, shortly before it, or after it set off by a
 * comma, a bracket or a verb.
 *
 * @param others what else is named in the sentence, but for the drug of the pair: a grading word on
 * its far side belongs to it
 */
export function severityOf(
  text: string,
  sentence: TextSpan,
  event: TextSpan,
  others: readonly TextSpan[],
): Severity | undefined {
  const from = lastEndBefore(event.start, sentence.start, others);
  const to = firstStartAfter(event.end, sentence.end, others);
  const within = text.slice(event.start, event.end);
  const before = text.slice(from, event.start);
  const after = text.slice(event.end, to);
  return (
    graded(within, (words) => `(?<!\\p{L})(?:${words})(?!\\p{L})`) ??
    graded(before, (words) => `(?<!\\p{L}|not\\s)(?:${words})(?:${BETWEEN}|\\s*)$`) ??
    graded(after, (words) => `^\\s*${SET_OFF}(?:${words})(?!\\p{L})`) ??
    graded(after, (words) => `^${SHORT_PHRASE}\\s*[,(]\\s*(?:${words})${ALONE}`)
  );
}

function graded(text: string, pattern: (words: string) => string): Severity | undefined {
  return WORDS.find(([, words]) => new RegExp(pattern(words), 'iu').test(text))?.[0];
}

function lastEndBefore(offset: number, least: number, spans: readonly TextSpan[]): number {
  const ends = spans.map(({ end }) => end).filter((end) => end <= offset);
  return Math.max(least, ...ends);
}

function firstStartAfter(offset: number, most: number, spans: readonly TextSpan[]): number {
  const starts = spans.map(({ start }) => start).filter((start) => start >= offset);
  return Math.min(most, ...starts);
}
