import { FhirError } from './fhir-error.ts';

export interface RetryPolicy {
  /** Further tries after the first. */
  readonly maximumRetries: number;
  /** Of the first wait without a Retry-After; it doubles with every try. */
  readonly firstDelayMs: number;
  /** Longer than this is not waited: the error says how long the server asked for. */
  readonly maximumDelayMs: number;
}

/** What a test replaces. */
export interface RetryClock {
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** 0 ≤ x < 1 */
  random(): number;
}

/** 501 and 505 will not change by asking again. */
const TRANSIENT_STATUS: ReadonlySet<number> = new Set([409, 429, 500, 502, 503, 504]);

/**
 * Calls `exchange` again after 409, 429 and 5xx, waiting what Retry-After says, or else twice as
 * long each time with jitter (so that those who were refused together do not come back together).
 *
 * @throws what the last try threw
 */
export async function withRetries<T>(
  exchange: () => Promise<T>,
  policy: RetryPolicy,
  clock: RetryClock,
  signal?: AbortSignal,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await exchange();
    } catch (error) {
      if (tries >= policy.maximumRetries || !isTransient(error)) throw error;
      const delayMs =
        error.retryAfterMs ?? policy.firstDelayMs * 2 ** tries * (0.5 + clock.random() / 2);
      if (error.retryAfterMs !== undefined && delayMs > policy.maximumDelayMs) throw error;
      await clock.sleep(Math.min(delayMs, policy.maximumDelayMs), signal);
    }
  }
}

function isTransient(error: unknown): error is FhirError {
  return (
    error instanceof FhirError && error.status !== undefined && TRANSIENT_STATUS.has(error.status)
  );
}

/**
 * Retry-After in milliseconds: seconds, or a date. https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
 * @returns undefined for a missing or senseless value
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  const value = header?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  // Date.parse would take "-5" and "12 monkeys" as dates as well.
  if (!/^[A-Z][a-z]{2,8},? /.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
