import type { TextSpan } from '../../notes/note.ts';
import {
  CAUSAL_TERMINATORS,
  type CueValue,
  PSEUDO_TRIGGERS,
  TERMINATORS,
  TRIGGERS,
  type TriggerGroup,
} from './lexicon.ts';

/** A trigger where it stands in the text. */
export interface Cue extends TextSpan {
  readonly value: CueValue;
  readonly direction: TriggerGroup['direction'];
  readonly reachWords: number;
}

export interface Cues {
  readonly triggers: readonly Cue[];
  readonly terminators: readonly Terminator[];
}

interface Terminator extends TextSpan {
  readonly causal: boolean;
}

const COMPILED = TRIGGERS.map((group) => ({ group, pattern: compile(group.phrases) }));
const PSEUDO = compile(PSEUDO_TRIGGERS);
const TERMINATOR = compile(TERMINATORS);
const CAUSAL_TERMINATOR = compile(CAUSAL_TERMINATORS);
/** A question mark before a word: "?rash", "? from the statin". */
const QUESTION = /\?(?=\s?[\p{L}(])/gu;
/** And after one: "sleep eating?". */
const QUESTIONED = /\?(?!\?)/g;

function compile(phrases: readonly string[]): RegExp {
  const alternatives = [...phrases]
    .sort((a, b) => b.length - a.length)
    .map((phrase) => phrase.replaceAll(' ', '\\s+'));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives.join('|')})(?![\\p{L}\\p{N}])`, 'giu');
}

/**
 * Triggers and terminators in a sentence. Of words that overlap the longest counts, a pseudo-trigger
 * before all. Words inside the event or a drug are the findings themselves and no cues.
 */
export function findCues(
  text: string,
  sentence: TextSpan,
  event: TextSpan,
  drugs: readonly TextSpan[],
): Cues {
  const find = (pattern: RegExp): TextSpan[] =>
    matches(text, sentence, pattern).filter(
      (span) => !overlap(span, event) && !drugs.some((drug) => within(span, drug)),
    );
  const pseudo = find(PSEUDO);
  const taken: TextSpan[] = [...pseudo];
  const candidates: Cue[] = COMPILED.flatMap(({ group, pattern }) =>
    find(pattern).map((span) => ({
      ...span,
      value: group.value,
      direction: group.direction,
      reachWords: group.reachWords ?? Number.POSITIVE_INFINITY,
    })),
  );
  for (const span of find(QUESTION)) {
    candidates.push({ ...span, value: 'possible', direction: 'forward', reachWords: 8 });
  }
  for (const span of find(QUESTIONED)) {
    candidates.push({ ...span, value: 'possible', direction: 'backward', reachWords: 2 });
  }
  candidates.sort((x, y) => y.end - y.start - (x.end - x.start));
  const triggers: Cue[] = [];
  for (const cue of candidates) {
    // The same words may point both ways; any other overlap is the shorter reading's loss.
    const same = triggers.some(({ start, end }) => start === cue.start && end === cue.end);
    if (!same && taken.some((other) => overlap(cue, other))) continue;
    triggers.push(cue);
    taken.push(cue);
  }
  const terminators = [TERMINATOR, CAUSAL_TERMINATOR].flatMap((pattern) =>
    find(pattern)
      .filter((span) => !pseudo.some((other) => within(span, other)))
      .map((span) => ({ ...span, causal: pattern === CAUSAL_TERMINATOR })),
  );
  return { triggers, terminators };
}

/** What a trigger speaks of: from it to the next terminator, the end of its reach or the sentence. */
export function scopeOf(
  text: string,
  cue: Cue,
  sentence: TextSpan,
  terminators: readonly Terminator[],
): TextSpan {
  // A relative's story goes on through "who", "and had" and the like to its sentence's end.
  const between = (span: Terminator) =>
    cue.value !== 'family' && !(cue.value === 'historical' && span.causal) && !overlap(span, cue);
  if (cue.direction === 'forward') {
    const stops = terminators.filter((span) => between(span) && span.start >= cue.end);
    const end = Math.min(sentence.end, ...stops.map((span) => span.start));
    return { start: cue.end, end: reach(text, cue.end, end, cue.reachWords) };
  }
  const stops = terminators.filter((span) => between(span) && span.end <= cue.start);
  const start = Math.max(sentence.start, ...stops.map((span) => span.end));
  return { start: reachBack(text, start, cue.start, cue.reachWords), end: cue.start };
}

function reach(text: string, start: number, end: number, words: number): number {
  if (words === Number.POSITIVE_INFINITY) return end;
  let count = 0;
  for (const word of text.slice(start, end).matchAll(/\S+/g)) {
    count += 1;
    if (count > words) return start + word.index;
  }
  return end;
}

function reachBack(text: string, start: number, end: number, words: number): number {
  if (words === Number.POSITIVE_INFINITY) return start;
  const found = [...text.slice(start, end).matchAll(/\S+/g)];
  const first = found.at(-words);
  return found.length <= words || !first ? start : start + first.index;
}

function matches(text: string, sentence: TextSpan, pattern: RegExp): TextSpan[] {
  const part = text.slice(sentence.start, sentence.end);
  return [...part.matchAll(pattern)].map((match) => ({
    start: sentence.start + match.index,
    end: sentence.start + match.index + match[0].length,
  }));
}

function overlap(a: TextSpan, b: TextSpan): boolean {
  return a.start < b.end && b.start < a.end;
}

function within(inner: TextSpan, outer: TextSpan): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}
