import { createLinker } from './open.ts';
import type { DrugConcept, Vocabulary } from './vocabulary.ts';

export interface LookAlikeScores {
  /** Ingredients that were taken out of the vocabulary and then looked up. */
  readonly unknown: number;
  /** Of these, how many the fuzzy step took for another drug; and which. */
  readonly unknownCorrected: readonly string[];
  /** Names of current ingredients and brands with one random slip of the keyboard. */
  readonly misspelt: number;
  readonly misspeltRight: number;
  /** Taken for another drug, by any step. */
  readonly misspeltWrong: readonly string[];
}

const FOLDS = 5;
const CLINICAL = new Set(['SCD', 'SBD', 'SCDC']);

/**
 * How safe the fuzzy step is: a drug that the vocabulary does not know must not be "corrected" to
 * a look-alike, and a misspelt name must become itself or nothing. Deterministic.
 */
export function scoreLookAlikes(vocabulary: Vocabulary, drugThreshold: number): LookAlikeScores {
  const current = vocabulary.drugs.filter((drug) => drug.source === 'rxnorm');
  const ingredients = current.filter((drug) => drug.termType === 'IN');
  const unknownCorrected: string[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const gone = ingredients.filter((_, i) => i % FOLDS === fold);
    const linker = createLinker(without(vocabulary, gone), '', { drugThreshold });
    for (const { name } of gone) {
      const link = linker.linkDrug(name);
      if (link.kind === 'drug' && link.method === 'fuzzy') {
        unknownCorrected.push(`${name} → ${link.matchedTerm}`);
      }
    }
  }

  const linker = createLinker(vocabulary, '', { drugThreshold });
  const random = generator(20_261_126);
  const names = current.filter(
    ({ termType, name }) => ['IN', 'BN'].includes(termType) && /^[A-Za-z]{7,}$/.test(name),
  );
  let misspeltRight = 0;
  const misspeltWrong: string[] = [];
  for (const drug of names) {
    const slip = slipOf(drug.name.toLowerCase(), random);
    const link = linker.linkDrug(slip);
    if (link.kind !== 'drug') continue;
    const codes = link.ingredients.map(({ code }) => code).join(' ');
    if (codes === drug.ingredients.join(' ')) misspeltRight++;
    else misspeltWrong.push(`${slip} (${drug.name}) → ${link.matchedTerm}`);
  }
  return {
    unknown: ingredients.length,
    unknownCorrected,
    misspelt: names.length,
    misspeltRight,
    misspeltWrong,
  };
}

/** The vocabulary without these ingredients and all that contains them. */
function without(vocabulary: Vocabulary, gone: readonly DrugConcept[]): Vocabulary {
  const codes = new Set(gone.map((drug) => drug.code));
  const drugs = vocabulary.drugs.filter(
    (drug) => !CLINICAL.has(drug.termType) && !drug.ingredients.some((code) => codes.has(code)),
  );
  const kept = new Set(drugs.map((drug) => drug.code));
  const drugNames = vocabulary.drugNames.filter((name) =>
    name.code.split('+').every((code) => kept.has(code)),
  );
  return { ...vocabulary, drugs, drugNames };
}

/** A letter left out, doubled by another, replaced, or swapped with its neighbour; never the first. */
function slipOf(name: string, random: () => number): string {
  const at = 1 + Math.floor(random() * (name.length - 1));
  const letter = String.fromCharCode(97 + Math.floor(random() * 26));
  const [before, after] = [name.slice(0, at), name.slice(at + 1)];
  switch (Math.floor(random() * 4)) {
    case 0:
      return before + after;
    case 1:
      return before + letter + name.slice(at);
    case 2:
      return before + letter + after;
    default:
      return name.slice(0, at - 1) + name[at] + name[at - 1] + after;
  }
}

/** Numbers in [0, 1) that are the same at every run (a linear congruential generator). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
