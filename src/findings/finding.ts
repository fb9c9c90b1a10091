import type { DrugLink, EventLink } from '../coding/coding.ts';
import type { Assertion } from '../extraction/extraction.ts';
import type { NoteSource, TextSpan } from '../notes/note.ts';

/** ICH E2A seriousness criteria that words in a note can show. */
export type SeriousnessCriterion =
  | 'death'
  | 'life-threatening'
  | 'hospitalisation'
  | 'disability'
  | 'congenital-anomaly'
  | 'other-medically-important';

export type Severity = 'mild' | 'moderate' | 'severe';
export type Outcome =
  | 'resolved'
  | 'recovering'
  | 'ongoing'
  | 'resolvedWithSequelae'
  | 'fatal'
  | 'unknown';

export interface Mention<Link> extends TextSpan {
  /** The characters of the note. */
  readonly text: string;
  readonly link: Link;
  /** 0–1, of the entity. */
  readonly confidence: number;
}

/** The sentence, or the sentences, that the finding rests on. */
export interface Evidence extends TextSpan {
  readonly source: NoteSource;
  /** `text.slice(start, end)` of the note. */
  readonly quote: string;
  /** Heading under which it stands. */
  readonly sectionHeading?: string;
  /** Where the quoted span begins and ends in the decoded attachment, UTF-16 code units. */
  readonly attachmentSpan: TextSpan;
}

/**
 * One drug–adverse-event relation in one note: the domain object of Vigilnote. Cards,
 * AdverseEvents and line listings are views of it.
 */
export interface Finding {
  /** Deterministic: the same note version, span and codes give the same id. No PHI. */
  readonly id: string;
  readonly patientId: string;
  readonly drug: Mention<DrugLink>;
  readonly event: Mention<EventLink>;
  /** 0–1, that the note blames the drug for the event: calibrated relation confidence. */
  readonly confidence: number;
  readonly assertion: Assertion;
  /** Words that decided the assertion, where a rule fired. */
  readonly assertionCue?: string;
  readonly evidence: Evidence;
  readonly severity?: Severity;
  readonly outcome?: Outcome;
  readonly seriousness: readonly SeriousnessCriterion[];
  /** Classes of the drug's ingredients by name, where the vocabulary knows any. */
  readonly drugClasses?: readonly string[];
  readonly modelId: string;
  readonly vocabularyVersion: string;
}

/** A drug that a note says is taken or tolerated: what silences an old finding. */
export interface ToleranceMention {
  /** `tolerated`: said in words; `taken`: merely listed among the current medications. */
  readonly kind: 'tolerated' | 'taken';
  readonly drug: Mention<DrugLink>;
  readonly evidence: Evidence;
}

/** All that one version of one note says; kept by (server, document, version, model, vocabulary). */
export interface NoteFindings {
  readonly source: NoteSource;
  readonly findings: readonly Finding[];
  readonly tolerances: readonly ToleranceMention[];
}
