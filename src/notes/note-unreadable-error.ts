/** One note cannot be read; the message says why and what to do, and holds nothing of the note. */
export class NoteUnreadableError extends Error {
  override readonly name = 'NoteUnreadableError';
}
