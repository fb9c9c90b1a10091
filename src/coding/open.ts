import { join } from 'node:path';
import type { Linker } from './coding.ts';
import { DrugLinker } from './drug-linker.ts';
import { EventLinker } from './event-linker.ts';
import type { SearchCandidate } from './search-candidate.ts';
import { readStore } from './store.ts';
import type { Vocabulary } from './vocabulary.ts';

export { StoreError } from './store.ts';

/** The vocabulary that is shipped: `mappings/starter`. */
export const STARTER_DIRECTORY = join(import.meta.dirname, '../../mappings/starter');

/** Chosen on the development sets: see README.md. */
export const DEFAULT_THRESHOLDS = { drug: 0.8, event: 0.9 } as const;

export interface LinkerOptions {
  /** Lowest score of a fuzzy link, 0–1. */
  readonly drugThreshold?: number;
  readonly eventThreshold?: number;
}

/** A linker that also shows candidates to a reader. */
export interface SearchableLinker extends Linker {
  searchDrugs(text: string, limit: number): SearchCandidate[];
  searchEvents(text: string, limit: number): SearchCandidate[];
}

/**
 * Opens a compiled vocabulary, by default the one that is shipped.
 * @throws StoreError when there is none, or it is damaged
 */
export async function openVocabulary(
  directory: string = STARTER_DIRECTORY,
  options: LinkerOptions = {},
): Promise<SearchableLinker> {
  const { manifest, vocabulary } = await readStore(directory);
  return createLinker(vocabulary, manifest.version, options);
}

/** A linker over rows that are already in memory. */
export function createLinker(
  vocabulary: Vocabulary,
  version: string,
  options: LinkerOptions = {},
): SearchableLinker {
  const drugs = new DrugLinker(vocabulary, options.drugThreshold ?? DEFAULT_THRESHOLDS.drug);
  const events = new EventLinker(vocabulary, options.eventThreshold ?? DEFAULT_THRESHOLDS.event);
  return {
    vocabularyVersion: version,
    linkDrug: (text) => drugs.link(text),
    linkEvent: (text) => events.link(text),
    ingredientsOf: (medication) => drugs.ingredientsOf(medication),
    classesOf: (ingredient) => drugs.classesOf(ingredient),
    searchDrugs: (text, limit) => drugs.search(text, limit),
    searchEvents: (text, limit) => events.search(text, limit),
  };
}
