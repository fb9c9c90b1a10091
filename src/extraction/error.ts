/**
 * The model could not be opened, or could not run on one text. The message says what was wrong and
 * what to do, and never holds note text.
 */
export class ExtractionError extends Error {
  override readonly name = 'ExtractionError';
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
