/** A candidate as `vocabulary search` shows it. */
export interface SearchCandidate {
  readonly code: string;
  readonly display: string;
  /** RxNorm term type, `LLT` or `PT`, or `class`. */
  readonly type: string;
  readonly matchedTerm: string;
  readonly score: number;
  readonly why: string;
}
