import type { OperationOutcome } from 'fhir/r4.js';

export type FhirErrorKind =
  /** 401, 403: the token is missing, spent, or lacks the scope. */
  | 'unauthorized'
  /** 404, 410. */
  | 'not-found'
  /** 409, 412. */
  | 'conflict'
  /** 429, also after the tries that were allowed. */
  | 'rate-limited'
  /** Other 4xx: the server does not accept what was asked. */
  | 'refused'
  /** 5xx. */
  | 'server-error'
  /** No answer within the time limit of one exchange. */
  | 'timeout'
  /** No connection, or it broke off. */
  | 'unreachable'
  /** An answer that is not what FHIR promises here. */
  | 'invalid-response'
  /** A link or redirect that leads to another origin, which must not get the token. */
  | 'other-origin'
  /** More bytes than the caller takes. */
  | 'too-large';

export interface FhirErrorDetails {
  readonly status?: number;
  readonly operationOutcome?: OperationOutcome | undefined;
  /** What the server asked to wait, milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/**
 * Why a FHIR server gave no answer. The message names the interaction and the resource type, never
 * an id, a query, an address or the server's own words; those are in `operationOutcome`, which may
 * hold patient data and does not belong in logs.
 */
export class FhirError extends Error {
  override readonly name = 'FhirError';
  readonly kind: FhirErrorKind;
  readonly status?: number;
  readonly operationOutcome?: OperationOutcome;
  readonly retryAfterMs?: number;

  constructor(kind: FhirErrorKind, message: string, details: FhirErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    if (details.status !== undefined) this.status = details.status;
    if (details.operationOutcome) this.operationOutcome = details.operationOutcome;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }
}

/** What was being done, in words that may be logged: `search DocumentReference`. */
export function answeredError(
  interaction: string,
  status: number,
  body: unknown,
  retryAfterMs?: number,
): FhirError {
  const kind = kindOfStatus(status);
  return new FhirError(
    kind,
    `The FHIR server answered ${status} to ${interaction}${HINTS[kind] ?? ''}.`,
    { status, operationOutcome: outcomeIn(body), retryAfterMs },
  );
}

const HINTS: Partial<Record<FhirErrorKind, string>> = {
  unauthorized: ': the access token is missing, has expired or lacks the scope',
  'rate-limited': ': it asks for fewer requests',
};

function kindOfStatus(status: number): FhirErrorKind {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'server-error';
  return status >= 400 ? 'refused' : 'invalid-response';
}

function outcomeIn(body: unknown): OperationOutcome | undefined {
  const candidate = body as OperationOutcome | null | undefined;
  const found =
    typeof candidate === 'object' &&
    candidate?.resourceType === 'OperationOutcome' &&
    Array.isArray(candidate.issue);
  return found ? candidate : undefined;
}
