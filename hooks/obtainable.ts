import type { CdsHooksIssue, IssueCode } from '../src/cds-hooks/error.ts';
import type { FhirError } from '../src/fhir/fhir-error.ts';

/**
 * Why the FHIR server gave nothing, as an issue of a 412: by the status of the error, since its
 * message may hold an address with an id in it.
 * https://cds-hooks.hl7.org/2.0/#prefetch-template
 */
export function unobtainable(what: string, error: unknown): CdsHooksIssue {
  const [code, reason] = reasonOf(error);
  return {
    code,
    expression: 'fhirServer',
    diagnostics: `${what} could not be fetched from fhirServer: ${reason}`,
  };
}

function reasonOf(error: unknown): [IssueCode, string] {
  const { status, name, kind } = (error ?? {}) as Partial<FhirError>;
  if (status === 401) return ['login', 'it answered 401; the access token may be missing or spent'];
  if (status === 403) return ['forbidden', 'it answered 403; the token lacks the scope'];
  if (status === 429) return ['throttled', 'it answered 429; it asks for fewer requests'];
  if (typeof status === 'number' && status >= 400) return ['transient', `it answered ${status}`];
  if (kind === 'timeout' || isTimeout(name, error)) return ['timeout', 'it did not answer in time'];
  return ['transient', 'it could not be reached, or its answer could not be read'];
}

function isTimeout(name: unknown, error: unknown): boolean {
  if (name === 'TimeoutError' || name === 'AbortError') return true;
  const { cause } = (error ?? {}) as { cause?: unknown };
  return cause instanceof Error && isTimeout(cause.name, undefined);
}
