/** Code systems by their canonical addresses in FHIR. */
export const RXNORM_SYSTEM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
export const MEDDRA_SYSTEM = 'https://www.meddra.org';

export interface Coding {
  readonly system: string;
  readonly version?: string;
  readonly code: string;
  readonly display: string;
}

/** How a text was matched to a term, from surest to least sure. */
export type LinkMethod = 'exact' | 'normalised' | 'fuzzy';

interface LinkEvidence {
  readonly method: LinkMethod;
  /** 0–1; 1 for `exact`. */
  readonly score: number;
  /** The term of the vocabulary that matched, as released or as our synonym. */
  readonly matchedTerm: string;
}

export interface LinkedDrug extends LinkEvidence {
  readonly kind: 'drug';
  /**
   * The concept that matched: ingredient, brand, or clinical drug. For a combination that the
   * vocabulary has no concept for: the part that is named first.
   */
  readonly concept: Coding;
  /** RxNorm term type of `concept`: IN, PIN, MIN, BN, SCD, SBD … */
  readonly termType: string;
  /** RxNorm ingredients (IN); more than one for combinations, never empty. */
  readonly ingredients: readonly Coding[];
}

/** A class of drugs ("statins"): never taken for one drug. */
export interface LinkedDrugClass extends LinkEvidence {
  readonly kind: 'class';
  readonly className: string;
  /** RxCUIs (IN) of its members. */
  readonly members: readonly string[];
}

export interface LinkedEvent extends LinkEvidence {
  readonly kind: 'event';
  /** The MedDRA term that matched (LLT or PT). */
  readonly concept: Coding;
  readonly level: 'LLT' | 'PT';
  /** Its preferred term, where the loaded vocabulary knows it. */
  readonly preferredTerm?: Coding;
  /** Its code, also where the name of the preferred term may not be published. */
  readonly preferredTermCode?: string;
  /** Name of its primary system organ class, where known. */
  readonly systemOrganClass?: string;
}

/** The text is kept as it stands; a nearest term below the threshold is named, never used. */
export interface Uncoded {
  readonly kind: 'uncoded';
  readonly nearest?: { readonly term: string; readonly score: number };
}

export type DrugLink = LinkedDrug | LinkedDrugClass | Uncoded;
export type EventLink = LinkedEvent | Uncoded;

/** What an order is for, from its codes or its text. */
export interface MedicationConcept {
  readonly codings: readonly {
    readonly system?: string;
    readonly code?: string;
    readonly display?: string;
  }[];
  readonly text?: string;
}

/** An opened vocabulary: pure look-ups in memory, safe to share. */
export interface Linker {
  /** Names what was loaded and in which versions; part of the key under which findings are kept. */
  readonly vocabularyVersion: string;
  linkDrug(text: string): DrugLink;
  linkEvent(text: string): EventLink;
  /** RxNorm ingredients of an ordered medication coded at any term type; by text where no code is known. */
  ingredientsOf(medication: MedicationConcept): readonly Coding[];
  /** Names of the classes that an ingredient (RxCUI) belongs to. */
  classesOf(ingredient: string): readonly string[];
}
