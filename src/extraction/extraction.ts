import type { NoteLayout, TextSpan } from '../notes/note.ts';

/** Entity types of n2c2 2018 track 2, which JNRF was published on. */
export const ENTITY_TYPES = [
  'Drug',
  'Strength',
  'Form',
  'Dosage',
  'Route',
  'Frequency',
  'Duration',
  'Reason',
  'ADE',
] as const;
export type EntityType = (typeof ENTITY_TYPES)[number];

export type RelationType = `${Exclude<EntityType, 'Drug'>}-Drug`;

/** How the note itself stands to an adverse event; `historical` is a real event of the past. */
export const ASSERTIONS = [
  'present',
  'historical',
  'possible',
  'negated',
  'hypothetical',
  'family',
] as const;
export type Assertion = (typeof ASSERTIONS)[number];

export interface Entity extends TextSpan {
  /** Unique in its extraction: `T1`, `T2`, … in text order. */
  readonly id: string;
  readonly type: EntityType;
  readonly text: string;
  /** 0–1: the mean probability that the model gives the labels of its tokens. */
  readonly confidence: number;
  /** Only on ADE. */
  readonly assertion?: Assertion;
  /** The words that decided the assertion, where a rule fired. */
  readonly assertionCue?: TextSpan & { readonly text: string };
}

export interface Relation {
  readonly type: RelationType;
  /** Id of the attribute, reason or adverse event. */
  readonly head: string;
  /** Id of the Drug. */
  readonly tail: string;
  /** 0–1. */
  readonly confidence: number;
}

export interface Extraction {
  /** `manifest.modelId` of the weights that made it. */
  readonly modelId: string;
  readonly entities: readonly Entity[];
  readonly relations: readonly Relation[];
}

/** Reads whole documents, without windows and without truncation. */
export interface Extractor {
  readonly modelId: string;
  /** The execution provider in use (`cpu`, `cuda`), and why not a better one where that was asked. */
  readonly provider: { readonly name: string; readonly note?: string };
  /**
   * @param text note text; offsets of the answer count its UTF-16 code units
   * @param layout sections and sentences of the same text, for the assertion rules
   * @throws ExtractionError when the model cannot run on this text; other texts are not affected
   */
  extract(
    text: string,
    layout: NoteLayout,
    options?: { signal?: AbortSignal },
  ): Promise<Extraction>;
  close(): Promise<void>;
}
