/** Letters, digits, space and one symbol for all else: trigrams become small integers. */
const SYMBOLS = 38;
const OTHER = 37;

function symbolOf(code: number): number {
  if (code >= 97 && code <= 122) return code - 96;
  if (code >= 48 && code <= 57) return code - 48 + 27;
  return code === 32 ? 0 : OTHER;
}

function gramsOf(key: string): Set<number> {
  const grams = new Set<number>();
  let first = 0;
  let second = 0;
  for (let i = 0; i <= key.length; i++) {
    const third = i === key.length ? 0 : symbolOf(key.charCodeAt(i));
    grams.add((first * SYMBOLS + second) * SYMBOLS + third);
    first = second;
    second = third;
  }
  return grams;
}

export interface TrigramCandidate {
  /** Position of the key in the list that the index was made from. */
  readonly index: number;
  /** Cosine of the TF-IDF vectors, 0–1. */
  readonly cosine: number;
}

/**
 * Character 3-gram TF-IDF index over folded keys, in flat typed arrays so that a full-size
 * vocabulary costs a few bytes a gram.
 */
export class TrigramIndex {
  readonly #offsets: Uint32Array;
  readonly #postings: Uint32Array;
  readonly #idf: Float32Array;
  readonly #norms: Float32Array;
  readonly #scores: Float32Array;

  constructor(keys: readonly string[]) {
    const size = SYMBOLS ** 3;
    const frequencies = new Uint32Array(size);
    const gramSets = keys.map(gramsOf);
    let total = 0;
    for (const grams of gramSets) {
      total += grams.size;
      for (const gram of grams) frequencies[gram] = (frequencies[gram] as number) + 1;
    }
    this.#offsets = new Uint32Array(size + 1);
    this.#idf = new Float32Array(size);
    for (let gram = 0; gram < size; gram++) {
      const frequency = frequencies[gram] as number;
      this.#offsets[gram + 1] = (this.#offsets[gram] as number) + frequency;
      this.#idf[gram] = Math.log((keys.length + 1) / (frequency + 1)) + 0.1;
    }
    this.#postings = new Uint32Array(total);
    this.#norms = new Float32Array(keys.length);
    this.#scores = new Float32Array(keys.length);
    const next = this.#offsets.slice(0, size);
    for (const [index, grams] of gramSets.entries()) {
      let squares = 0;
      for (const gram of grams) {
        this.#postings[next[gram] as number] = index;
        next[gram] = (next[gram] as number) + 1;
        squares += (this.#idf[gram] as number) ** 2;
      }
      this.#norms[index] = Math.sqrt(squares);
    }
  }

  /** The `limit` keys nearest to `key`, best first; ties in list order. */
  nearest(key: string, limit: number): TrigramCandidate[] {
    const touched: number[] = [];
    let squares = 0;
    for (const gram of gramsOf(key)) {
      const idf = this.#idf[gram] as number;
      squares += idf ** 2;
      const end = this.#offsets[gram + 1] as number;
      for (let p = this.#offsets[gram] as number; p < end; p++) {
        const index = this.#postings[p] as number;
        if (this.#scores[index] === 0) touched.push(index);
        this.#scores[index] = (this.#scores[index] as number) + idf ** 2;
      }
    }
    const norm = Math.sqrt(squares);
    const found: TrigramCandidate[] = [];
    let worst = 0;
    for (const index of touched) {
      const cosine = (this.#scores[index] as number) / (norm * (this.#norms[index] as number));
      this.#scores[index] = 0;
      if (cosine < worst) continue;
      found.push({ index, cosine });
      // Trim seldom: a sort of a short list now and then is cheaper than a heap.
      if (found.length >= limit * 4) worst = trim(found, limit);
    }
    trim(found, limit);
    return found;
  }
}

function trim(found: TrigramCandidate[], limit: number): number {
  found.sort((a, b) => b.cosine - a.cosine || a.index - b.index);
  found.length = Math.min(found.length, limit);
  return found.length === limit ? (found[limit - 1]?.cosine ?? 0) : 0;
}
