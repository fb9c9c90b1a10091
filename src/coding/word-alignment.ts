import { editDistance } from './similarity.ts';

/** Beginnings of which a change makes another, often the opposite, finding. */
const OPPOSITES = /^(?:hyper|hypo|tachy|brady|poly|oligo|un|non|in|dys|a(?=n?[^aeiou]))/;

/**
 * How alike two keys are when only misspelt words may differ: 0 unless each word of one has its own
 * word in the other, else 1 less the share of changed letters.
 * @param a the key of a mention
 * @param b the key of a name
 * @param known words that are no misspelling: `healing` is not `hearing`
 */
export function alignWords(a: string, b: string, known: ReadonlySet<string>): number {
  const left = a.split(' ');
  const right = b.split(' ');
  if (left.length !== right.length || Math.abs(a.length - b.length) > 3) return 0;
  const open = new Set(right);
  const misspelt: string[] = [];
  for (const word of left) if (!open.delete(word)) misspelt.push(word);
  if (misspelt.some((word) => known.has(word))) return 0;
  let edits = 0;
  for (const word of misspelt) {
    let best: string | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const candidate of open) {
      const distance = misspelling(word, candidate);
      if (distance < least) [best, least] = [candidate, distance];
    }
    if (best === undefined) return 0;
    open.delete(best);
    edits += least;
  }
  if (edits > 3) return 0;
  return 1 - edits / Math.max(a.length, b.length);
}

/** Edits between two words; infinite where the second is another word, not a misspelling. */
function misspelling(word: string, candidate: string): number {
  const length = Math.min(word.length, candidate.length);
  const limit = length < 5 ? 0 : length < 9 ? 1 : 2;
  if (limit === 0 || word[0] !== candidate[0] || /\d/.test(word + candidate)) {
    return Number.POSITIVE_INFINITY;
  }
  if (OPPOSITES.exec(word)?.[0] !== OPPOSITES.exec(candidate)?.[0]) return Number.POSITIVE_INFINITY;
  const distance = editDistance(word, candidate, limit);
  return distance > limit ? Number.POSITIVE_INFINITY : distance;
}
