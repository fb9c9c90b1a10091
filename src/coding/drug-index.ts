import { compactKey, skeletonKey, wordKey } from './drug-key.ts';
import { fold } from './fold.ts';
import type { DrugConcept, Vocabulary } from './vocabulary.ts';

/** A name of a drug concept, released or a synonym. */
export interface DrugEntry {
  readonly text: string;
  readonly concept: DrugConcept;
  /** Who says so, surest first: 0 the current release and our own list, 1 older releases, 2 brands, 3 synonyms. */
  readonly rank: number;
}

const RANKS: Readonly<Record<string, number>> = {
  rxnorm: 0,
  own: 0,
  'rxnorm-older': 1,
  drugsatfda: 2,
  drugbank: 3,
};

const TERM_TYPE_ORDER = ['IN', 'PIN', 'MIN', 'BN', 'SCDC', 'SCD', 'SBD'];

/** Term types whose names stand in notes; names of clinical drugs are matched whole only. */
const NAMING = new Set(['IN', 'PIN', 'MIN', 'BN']);

/** All names of drugs under the keys by which they are looked up. */
export class DrugIndex {
  readonly byCode = new Map<string, DrugConcept>();
  readonly entries: DrugEntry[] = [];
  readonly #exact = new Map<string, number[]>();
  /** Short synonyms (`ABPC`), which mean something else in other case. */
  readonly #asWritten = new Map<string, number[]>();
  readonly #keys = new Map<string, number[]>();
  /** Made when first needed: these take longer to make than all others together. */
  #skeletons: Map<string, number[]> | undefined;
  #clinicalDrugs: Map<string, DrugConcept> | undefined;
  /** Words of all names: a word that is known is no misspelling of another. */
  readonly words = new Set<string>();
  readonly #byIngredients = new Map<string, DrugConcept>();
  /** Keys for the search by similarity, with the entry that each came from. */
  readonly similarKeys: string[] = [];
  readonly similarEntries: number[] = [];

  constructor(vocabulary: Vocabulary) {
    for (const concept of vocabulary.drugs) this.byCode.set(concept.code, concept);
    for (const concept of vocabulary.drugs) {
      if (!NAMING.has(concept.termType)) continue;
      this.#add({ text: concept.name, concept, rank: RANKS[concept.source] ?? 1 });
      if (concept.termType === 'MIN') {
        this.#byIngredients.set(concept.ingredients.join(' '), concept);
      }
    }
    for (const name of vocabulary.drugNames) {
      const concept = this.byCode.get(name.code) ?? this.#unnamedCombination(name.code);
      if (concept) this.#add({ text: name.text, concept, rank: RANKS[name.source] ?? 3 });
    }
  }

  /** `161+5489`: the first ingredient's concept, with the ingredients of all. */
  #unnamedCombination(codes: string): DrugConcept | undefined {
    const parts = codes.split('+').map((code) => this.byCode.get(code));
    const [first] = parts;
    if (!first || parts.length < 2 || parts.includes(undefined)) return undefined;
    const ingredients = [...new Set(parts.flatMap((part) => part?.ingredients ?? []))];
    ingredients.sort((a, b) => Number(a) - Number(b));
    return this.combination(ingredients) ?? { ...first, ingredients };
  }

  #add(entry: DrugEntry): void {
    const position = this.entries.push(entry) - 1;
    if (entry.rank >= 2 && /^[A-Za-z0-9-]{1,4}$/.test(entry.text)) {
      add(this.#asWritten, entry.text, position);
      return;
    }
    const folded = fold(entry.text);
    add(this.#exact, folded, position);
    const key = wordKey(folded);
    // `(-)-Omeprazole` is known as written; without its sign it would be another drug's name.
    if (key === '' || (entry.rank === 3 && folded.startsWith('('))) return;
    add(this.#keys, compactKey(key), position);
    if (key.length >= 6 && key.length <= 40) {
      for (const word of key.split(' ')) this.words.add(word);
      this.similarKeys.push(key);
      this.similarEntries.push(position);
    }
  }

  /** The concept for exactly these ingredients (sorted), where the vocabulary has one (MIN). */
  combination(ingredients: readonly string[]): DrugConcept | undefined {
    return this.#byIngredients.get(ingredients.join(' '));
  }

  /** Entries of this name, whatever its case. */
  exact(text: string): readonly DrugEntry[] {
    const positions = this.#asWritten.get(text) ?? this.#exact.get(fold(text));
    if (positions) return this.#at(positions);
    const clinicalDrug = /\d/.test(text) ? this.#clinicalDrug(text) : undefined;
    return clinicalDrug ? [{ text: clinicalDrug.name, concept: clinicalDrug, rank: 0 }] : [];
  }

  /** Entries of this name, whatever its case, punctuation and spaces. */
  byKey(key: string): readonly DrugEntry[] {
    return this.#at(this.#keys.get(compactKey(key)));
  }

  /** Entries whose spelling differs only as whole families of spellings do. */
  bySkeleton(key: string): readonly DrugEntry[] {
    if (!this.#skeletons) {
      this.#skeletons = new Map();
      for (const [i, similarKey] of this.similarKeys.entries()) {
        add(this.#skeletons, skeletonKey(similarKey), this.similarEntries[i] as number);
      }
    }
    return this.#at(this.#skeletons.get(skeletonKey(key)));
  }

  /** SCD, SBD and SCDC by their whole name: every one of them has a strength in it. */
  #clinicalDrug(text: string): DrugConcept | undefined {
    if (!this.#clinicalDrugs) {
      this.#clinicalDrugs = new Map();
      for (const concept of this.byCode.values()) {
        if (!NAMING.has(concept.termType)) this.#clinicalDrugs.set(fold(concept.name), concept);
      }
    }
    return this.#clinicalDrugs.get(fold(text));
  }

  #at(positions: readonly number[] | undefined): readonly DrugEntry[] {
    return (positions ?? []).map((position) => this.entries[position] as DrugEntry);
  }
}

/**
 * One entry where several share a name: the surest source, then the plainest term type. Undefined
 * when entries of the surest source mean different ingredients: then the name is ambiguous.
 */
export function chooseEntry(entries: readonly DrugEntry[]): DrugEntry | undefined {
  if (entries.length < 2) return entries[0];
  const rank = Math.min(...entries.map((entry) => entry.rank));
  const surest = entries.filter((entry) => entry.rank === rank);
  const meanings = new Set(surest.map((entry) => entry.concept.ingredients.join(' ')));
  if (meanings.size > 1) return undefined;
  return surest.toSorted(
    (a, b) =>
      TERM_TYPE_ORDER.indexOf(a.concept.termType) - TERM_TYPE_ORDER.indexOf(b.concept.termType) ||
      Number(a.concept.code) - Number(b.concept.code),
  )[0];
}

function add(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
