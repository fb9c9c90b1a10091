/** What a vocabulary holds, as plain rows: made by the build, written to a store, opened by linkers. */

/** Where rows come from and under which rights; `id` is what rows carry. */
export interface VocabularySource {
  readonly id: string;
  readonly title: string;
  readonly version?: string;
  readonly licence: string;
  /** Notice that the licence asks for. */
  readonly attribution?: string;
}

export interface DrugConcept {
  /** RxCUI. */
  readonly code: string;
  /** RxNorm term type: IN, PIN, MIN, BN, SCDC, SCD, SBD. */
  readonly termType: string;
  /** As released. */
  readonly name: string;
  /** RxCUIs of its ingredients (IN), sorted by number; for an IN itself, or the current IN that took its place. */
  readonly ingredients: readonly string[];
  readonly source: string;
}

/** A further name of a drug concept. */
export interface DrugName {
  readonly text: string;
  /** RxCUI, or RxCUIs joined by `+` for a combination that has no concept of its own. */
  readonly code: string;
  readonly source: string;
}

export interface DrugClass {
  readonly name: string;
  /** RxCUIs (IN), sorted by number. */
  readonly members: readonly string[];
  readonly source: string;
}

export interface DrugClassName {
  readonly text: string;
  readonly className: string;
}

export interface EventTerm {
  /** MedDRA code. */
  readonly code: string;
  readonly level: 'LLT' | 'PT';
  /** As released. */
  readonly name: string;
  /** Code of its preferred term, where known; its own for a PT. */
  readonly ptCode?: string;
  /** Name of its primary system organ class. */
  readonly soc?: string;
  readonly source: string;
}

export interface EventName {
  readonly text: string;
  readonly code: string;
  readonly source: string;
}

/** A text that is deliberately not coded, with the reason: a wrong code is worse than none. */
export interface Refusal {
  readonly domain: 'drug' | 'event';
  readonly text: string;
  /** The term that a reader would think of, named but never used as the code. */
  readonly nearest?: string;
}

export interface Vocabulary {
  readonly sources: readonly VocabularySource[];
  readonly drugs: readonly DrugConcept[];
  readonly drugNames: readonly DrugName[];
  readonly drugClasses: readonly DrugClass[];
  readonly drugClassNames: readonly DrugClassName[];
  readonly events: readonly EventTerm[];
  readonly eventNames: readonly EventName[];
  readonly refusals: readonly Refusal[];
}
