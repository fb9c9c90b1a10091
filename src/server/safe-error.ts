/**
 * Errors whose messages are made of the program's words alone: those of the language itself, and
 * ours. A message of JSON.parse quotes what it parsed, one of a database the values of a row, one
 * of an HTTP client an address with a patient's id in it: such a message is not logged.
 */
const SAFE_MESSAGES = new Set([
  ...['TypeError', 'RangeError', 'ReferenceError'],
  ...['ConfigurationError', 'FhirError', 'DatabaseError'],
]);

export interface SafeError {
  readonly name: string;
  readonly message?: string;
  readonly code?: string | number;
  /** Where it was thrown: file, line, function. */
  readonly frames?: readonly string[];
  readonly cause?: SafeError;
}

/** An error as it may be logged: what it is and where it was thrown, without patient data. */
export function safeError(error: unknown, depth = 0): SafeError {
  if (!(error instanceof Error)) return { name: typeof error };
  const { code, status } = error as Error & { code?: unknown; status?: unknown };
  const known = typeof code === 'string' || typeof code === 'number' ? code : status;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name: error.name,
    ...(SAFE_MESSAGES.has(error.name) && { message: error.message }),
    ...((typeof known === 'string' || typeof known === 'number') && { code: known }),
    frames: frames.slice(0, 8).map((line) => line.trim()),
    ...(error.cause !== undefined && depth < 3 && { cause: safeError(error.cause, depth + 1) }),
  };
}
