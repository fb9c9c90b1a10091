import { LETTERED, NEVER_LAST, SOMETIMES_LAST } from './abbreviations.ts';
import type { TextSpan } from './note.ts';

/** A full stop or other end, what closes after it, and then white space or the end of the text. */
const END = /[.!?…]+["'”’)\]]*(?=\s|$)|(?<=\p{Ll}{4})\.(?=\p{Lu}\p{Ll}{2})/gu;
const LAST_WORD = /[^\s,;:("“[]+$/u;
/** How far back a word that decides is looked for. */
const LONGEST_WORD = 60;

/**
 * Sentences of a run of text without paragraph breaks: split at full stops, question and
 * exclamation marks, but not after abbreviations, initials, list numbers, in decimals and doses
 * (`0.5 mg`, `q.4h. p.r.n.`). White space around sentences belongs to none.
 *
 * @param start offset of the run in `text`; all offsets count UTF-16 code units
 */
export function splitSentences(text: string, start: number, end: number): TextSpan[] {
  const run = text.slice(start, end);
  const sentences: TextSpan[] = [];
  let from = 0;
  for (const match of run.matchAll(END)) {
    const after = match.index + match[0].length;
    if (!endsSentence(run, from, match.index, match[0], after)) continue;
    push(sentences, run, start, from, after);
    from = after;
  }
  push(sentences, run, start, from, run.length);
  return sentences;
}

function endsSentence(
  run: string,
  from: number,
  stopAt: number,
  stop: string,
  after: number,
): boolean {
  // "? bradycardia": a question mark on its own asks about what follows it.
  if (stopAt === from || /\s/.test(run.charAt(stopAt - 1))) return stop.startsWith('!');
  const next = /\S{1,20}/.exec(run.slice(after, after + LONGEST_WORD))?.[0] ?? '';
  const before = run.slice(Math.max(from, stopAt - LONGEST_WORD), stopAt);
  if (/^(\.{2,}|…)/.test(stop)) return !/^\p{Ll}/u.test(next);
  if (!stop.startsWith('.')) return true;

  const word = LAST_WORD.exec(before)?.[0] ?? '';
  const lower = word.toLowerCase();
  const capitalised = /^["'“‘([]?\p{Lu}\p{Ll}/u.test(next) || next === '';
  if (stop.length > 1) return true;
  if (/^\d{1,3}$|^[a-z]$/i.test(word) && run.slice(from, stopAt).trim() === word) return false;
  if (NEVER_LAST.has(lower)) return false;
  if (SOMETIMES_LAST.has(lower) || /^(?:\p{L}{1,2}\.)+\p{L}{1,3}$/u.test(word)) return capitalised;
  // q.4h. – a letter, a stop and a number with its unit.
  if (/^\p{L}\.\d+\p{L}*$/u.test(word)) return capitalised;
  if (/^\p{L}$/u.test(word)) return endsAfterLetter(before, word, capitalised);
  return true;
}

/** "John F. Kennedy" and "q. 4 h" go on; "vitamin D. She" and "hepatitis C. He" do not. */
function endsAfterLetter(before: string, letter: string, capitalised: boolean): boolean {
  if (!capitalised) return false;
  const previous = LAST_WORD.exec(before.slice(0, -letter.length).trimEnd())?.[0] ?? '';
  if (LETTERED.has(previous.toLowerCase())) return true;
  return previous !== '' && !/^\p{Lu}/u.test(previous) && /\p{Lu}/u.test(letter);
}

function push(sentences: TextSpan[], run: string, offset: number, from: number, to: number): void {
  let start = from;
  let end = to;
  while (start < end && /\s/.test(run.charAt(start))) start += 1;
  while (end > start && /\s/.test(run.charAt(end - 1))) end -= 1;
  if (end > start) sentences.push({ start: offset + start, end: offset + end });
}
