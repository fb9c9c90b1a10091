import type { DocumentReference } from 'fhir/r4.js';
import type { Linker } from '../coding/coding.ts';
import type { FindingsStore, ReadingKey } from '../database/findings-store.ts';
import type { Extractor } from '../extraction/extraction.ts';
import type { FhirClient } from '../fhir/client.ts';
import { FhirError } from '../fhir/fhir-error.ts';
import { findingsOf } from '../findings/find.ts';
import type { NoteFindings } from '../findings/finding.ts';
import type { Note } from '../notes/note.ts';
import { NoteUnreadableError } from '../notes/note-unreadable-error.ts';

/** How the reading of one document came out. */
export type Outcome =
  | { readonly state: 'read'; readonly findings: NoteFindings }
  | {
      readonly state: 'unreadable';
      readonly reason: string;
      /** Of this version for good: not tried again. */
      readonly permanent: boolean;
    }
  /** Its run ended first. */
  | { readonly state: 'abandoned' };

export type ReadNote = (
  client: FhirClient,
  document: DocumentReference,
  options?: { signal?: AbortSignal },
) => Promise<Note>;

export interface ReadingParts {
  readonly extractor: Pick<Extractor, 'extract'>;
  readonly linker: Linker;
  readonly store: FindingsStore;
  readonly readNote: ReadNote;
  onWarning?(what: string, error: unknown): void;
}

/**
 * Reads one document to its findings and keeps them. What cannot be kept is an answer all the same.
 * Never rejects.
 */
export async function readDocument(
  parts: ReadingParts,
  of: {
    readonly client: FhirClient;
    readonly document: DocumentReference;
    readonly patientId: string;
    readonly key: ReadingKey;
    readonly signal: AbortSignal;
  },
): Promise<Outcome> {
  const outcome = await read(parts, of);
  if (outcome.state === 'read' || (outcome.state === 'unreadable' && outcome.permanent)) {
    try {
      await parts.store.keep(of.key, of.patientId, outcome);
    } catch (error) {
      parts.onWarning?.('findings could not be kept', error);
    }
  }
  return outcome;
}

async function read(
  { extractor, linker, readNote }: ReadingParts,
  { client, document, patientId, signal }: Parameters<typeof readDocument>[1],
): Promise<Outcome> {
  if (signal.aborted) return { state: 'abandoned' };
  let note: Note;
  try {
    const read = await readNote(client, document, { signal });
    // A document of a prefetch need not name its patient.
    note = { ...read, source: { ...read.source, patientId } };
  } catch (error) {
    return signal.aborted ? { state: 'abandoned' } : unreadable(error);
  }
  if (note.text.trim() === '') {
    return { state: 'read', findings: { source: note.source, findings: [], tolerances: [] } };
  }
  try {
    const extraction = await extractor.extract(note.text, note.layout, { signal });
    return { state: 'read', findings: findingsOf(note, extraction, linker) };
  } catch {
    if (signal.aborted) return { state: 'abandoned' };
    const reason =
      'The model could not read this note; the other notes are not affected. It is tried again at the next call.';
    return { state: 'unreadable', reason, permanent: false };
  }
}

/**
 * What may be said of an error: words of ours, which hold no ids. Messages of others may hold
 * addresses with ids in them.
 */
function unreadable(error: unknown): Outcome {
  if (error instanceof NoteUnreadableError) {
    return { state: 'unreadable', reason: error.message, permanent: true };
  }
  const why = error instanceof FhirError ? error.message : 'The note could not be fetched.';
  return {
    state: 'unreadable',
    reason: `${why} It is tried again at the next call.`,
    permanent: false,
  };
}
