import type { DocumentReference } from 'fhir/r4.js';
import type { Note } from '../notes/note.ts';
import { NoteUnreadableError } from '../notes/note-unreadable-error.ts';
import type { FhirClient } from './client.ts';
import { FhirError } from './fhir-error.ts';
import { type ReadNoteOptions, readNote } from './read-note.ts';

export interface NotesRead {
  /** In the order of the documents. */
  readonly notes: readonly Note[];
  /** Holds nothing of the notes. */
  readonly unreadable: readonly { readonly reference: string; readonly reason: string }[];
}

export interface ReadNotesOptions extends ReadNoteOptions {
  /** Attachments that are fetched at once; default 4. */
  readonly concurrency?: number;
}

const CONCURRENCY = 4;

/**
 * Reads many notes; one that cannot be read is named with the reason, and the others go on.
 *
 * @throws the reason of the signal when it ended the reading
 */
export async function readNotes(
  client: FhirClient | undefined,
  documents: readonly DocumentReference[],
  { concurrency = CONCURRENCY, ...options }: ReadNotesOptions = {},
): Promise<NotesRead> {
  const results: ({ note: Note } | { reason: string })[] = [];
  const waiting = documents.entries();
  const reader = async () => {
    // The readers share one iterator: each takes the next document that none has taken.
    for (const [index, document] of waiting) {
      options.signal?.throwIfAborted();
      try {
        results[index] = { note: await readNote(client, document, options) };
      } catch (error) {
        options.signal?.throwIfAborted();
        results[index] = { reason: reasonOf(error) };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, reader));
  return {
    notes: results.flatMap((result) => ('note' in result ? [result.note] : [])),
    unreadable: results.flatMap((result, index) =>
      'reason' in result
        ? [{ reference: `DocumentReference/${documents[index]?.id ?? ''}`, reason: result.reason }]
        : [],
    ),
  };
}

function reasonOf(error: unknown): string {
  // Their messages are our own words; those of others may hold addresses.
  if (error instanceof NoteUnreadableError || error instanceof FhirError) return error.message;
  return 'The note could not be read.';
}
