import { editDistance } from './similarity.ts';

/** Below this, one changed letter makes another name too often. Letters. */
const ONE_EDIT_FROM = 7;
/** Two edits need a name that stays recognisable. Letters. */
const TWO_EDITS_FROM = 12;

/**
 * Whether a drug's key can be read as a misspelling of another: one word of it differs, by one edit
 * or, in a long word, by two that are apart (two together are another stem: streptozocin,
 * streptomycin). The first letter and all numbers stay, and a word that is itself part of a known
 * name is taken as meant: potassium nitrate, potassium citrate.
 */
export function isMisspelling(key: string, name: string, known: ReadonlySet<string>): boolean {
  const left = key.split(' ');
  const right = name.split(' ');
  if (left.length !== right.length) return false;
  const different = left.flatMap((word, i) =>
    word === right[i] ? [] : [[word, right[i] as string] as const],
  );
  const [pair] = different;
  if (!pair || different.length > 1) return false;
  const [word, correct] = pair;
  const length = Math.min(word.length, correct.length);
  if (length < ONE_EDIT_FROM || word[0] !== correct[0]) return false;
  if (/\d/.test(word + correct) || known.has(word)) return false;
  const distance = editDistance(word, correct, 2);
  return distance === 1 || (distance === 2 && length >= TWO_EDITS_FROM && apart(word, correct));
}

/** Whether two keys hold the same letters: two of them changed places, the commonest slip of typing. */
export function isSwap(key: string, name: string): boolean {
  return key.length === name.length && [...key].sort().join('') === [...name].sort().join('');
}

/** Whether what differs between two words spans more than the two letters of one changed stem. */
function apart(a: string, b: string): boolean {
  let start = 0;
  while (a[start] !== undefined && a[start] === b[start]) start++;
  let end = 0;
  const shorter = Math.min(a.length, b.length);
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return Math.max(a.length, b.length) - start - end > 3;
}
