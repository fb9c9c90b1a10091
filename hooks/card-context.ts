import type { HookName } from '../src/cds-hooks/context.ts';

/** A part of the chart that could not be read, in the user's words: `the allergy list`. */
export type UnreadPart = 'allergy list' | 'adverse event list' | 'medication list';

/** What a card needs to know besides its alert. */
export interface CardContext {
  readonly hook: HookName;
  readonly patientId: string;
  /** `Practitioner/<id>`: the recorder of what a suggestion creates. */
  readonly userId: string;
  readonly now: Date;
  readonly newUuid: () => string;
  /** Names of the classes of an ingredient (RxCUI). */
  readonly classesOf: (ingredient: string) => readonly string[];
  /** Notes that are still being read. */
  readonly pendingNotes: number;
  readonly unreadableNotes: {
    /** Of all that could not be read, also what has no name. */
    readonly count: number;
    /** Where they come from, and `DocumentReference/<id>` of each that has one. */
    readonly server: string;
    readonly references: readonly string[];
  };
  readonly unreadParts: readonly UnreadPart[];
  /** Where Vigilnote is explained, for the card's source. */
  readonly sourceUrl?: string;
}
