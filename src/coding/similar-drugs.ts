import type { DrugEntry, DrugIndex } from './drug-index.ts';
import { isMisspelling, isSwap } from './misspelling.ts';
import { editDistance } from './similarity.ts';
import { TrigramIndex } from './trigram-index.ts';

/** A name near to a mention. */
export interface SimilarDrug {
  readonly entry: DrugEntry;
  readonly key: string;
  /** Edits to the mention's key; {@link DISTANCE_LIMIT} + 1 stands for more. */
  readonly distance: number;
  readonly cosine: number;
}

export const DISTANCE_LIMIT = 6;
const CANDIDATES = 40;
/** Synonyms from chemistry lists (rank 3) are not what a misspelling is corrected to. */
const WEAKEST_RANK = 2;

/** Search by similarity over the names of drugs. The index is made at the first search. */
export class SimilarDrugs {
  readonly #index: DrugIndex;
  #trigrams: TrigramIndex | undefined;

  constructor(index: DrugIndex) {
    this.#index = index;
  }

  /** Names near to a key: fewest edits first, then the surest source. */
  nearest(key: string): SimilarDrug[] {
    this.#trigrams ??= new TrigramIndex(this.#index.similarKeys);
    return this.#trigrams
      .nearest(key, CANDIDATES)
      .map(({ index, cosine }) => {
        const found = this.#index.similarKeys[index] as string;
        const entry = this.#index.entries[this.#index.similarEntries[index] as number] as DrugEntry;
        return { entry, key: found, distance: editDistance(key, found, DISTANCE_LIMIT), cosine };
      })
      .sort(
        (a, b) => a.distance - b.distance || a.entry.rank - b.entry.rank || b.cosine - a.cosine,
      );
  }

  /**
   * The drug that a key is a misspelling of, only where no other is near: hydroxyzine and
   * hydralazine must never be taken for each other. Otherwise just the nearest name.
   */
  correct(key: string): { nearest?: SimilarDrug; score: number; clear: boolean } {
    const near = this.nearest(key);
    const best = near[0];
    if (!best) return { score: 0, clear: false };
    const longest = Math.max(key.length, best.key.length);
    const score = best.distance > DISTANCE_LIMIT ? 0 : 1 - best.distance / longest;
    const meaning = meaningOf(best.entry);
    const rival = near.find((other) => meaningOf(other.entry) !== meaning);
    const gap = (rival?.distance ?? Number.POSITIVE_INFINITY) - best.distance;
    const clear =
      best.entry.rank <= WEAKEST_RANK &&
      gap >= (isSwap(key, best.key) || isWeaker(rival?.entry, best.entry) ? 1 : 2) &&
      isMisspelling(key, best.key, this.#index.words);
    return { nearest: best, score: Math.round(score * 1000) / 1000, clear };
  }
}

/** An older ingredient that is no longer prescribed is a weaker rival than a current one. */
function isWeaker(rival: DrugEntry | undefined, best: DrugEntry): boolean {
  return best.rank === 0 && rival !== undefined && rival.rank > 0;
}

function meaningOf(entry: DrugEntry): string {
  return entry.concept.ingredients.join(' ');
}
