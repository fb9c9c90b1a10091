/**
 * A clinical note as the rest of Vigilnote sees it: plain text with its layout and a map back to
 * the attachment it was made from. Every offset counts UTF-16 code units of {@link NoteText.text},
 * half open: `text.slice(start, end)`.
 */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** What a heading says about the text under it. Only kinds that change a decision are told apart. */
export type SectionKind =
  | 'allergies'
  | 'family-history'
  | 'past-history'
  | 'history-of-present-illness'
  | 'medications'
  | 'assessment'
  | 'plan'
  | 'instructions'
  | 'other';

/** A heading and what stands under it; `start` is the heading's first character. */
export interface Section extends TextSpan {
  /** The heading as written, without a closing colon; absent for text before any heading. */
  readonly heading?: string;
  readonly kind: SectionKind;
  /** Where the text under the heading begins. */
  readonly bodyStart: number;
}

/** Sections cover the text without gaps, in order; sentences do not overlap and may leave white space out. */
export interface NoteLayout {
  readonly sections: readonly Section[];
  readonly sentences: readonly TextSpan[];
}

/**
 * Maps the shown text to the decoded attachment: for plain text the identity, for HTML the place
 * in the mark-up that a character came from.
 */
export interface OffsetMap {
  /** Offset in the decoded attachment (UTF-16 code units) of the character at `textOffset`. */
  toSource(textOffset: number): number;
}

export interface NoteText {
  readonly text: string;
  readonly layout: NoteLayout;
  readonly offsets: OffsetMap;
  /** Places where bytes did not fit the charset, shown as U+FFFD; absent when there are none. */
  readonly undecodable?: number;
}

/** Where a note came from. Holds no text of the note. */
export interface NoteSource {
  /** Base URL of the FHIR server, or a label such as `file` when the note came from elsewhere. */
  readonly server: string;
  /** `DocumentReference/<id>`. */
  readonly reference: string;
  readonly versionId?: string;
  readonly patientId: string;
  /** Display of DocumentReference.type. */
  readonly typeText?: string;
  /** ISO 8601 date or instant at which the note was written, as precise as the server says. */
  readonly date?: string;
  /** Display of the first author. */
  readonly author?: string;
  /** Media type that was read, without parameters: `text/plain`. */
  readonly contentType: string;
  /** FHIRPath of the attachment that was read: `DocumentReference.content[0].attachment`. */
  readonly attachmentPath: string;
}

export interface Note extends NoteText {
  readonly source: NoteSource;
}
