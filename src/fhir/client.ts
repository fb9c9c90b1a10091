import type { Bundle, FhirResource, OperationOutcome } from 'fhir/r4.js';

export interface FhirClientOptions {
  /** Base URL without a trailing slash. Every request, also a followed `next` link, stays on its origin. */
  readonly baseUrl: string;
  /** Bearer token for this request only; never stored, logged or sent to another origin. */
  readonly accessToken?: string;
  /** For one HTTP exchange. */
  readonly timeoutMs: number;
  /** Further tries after 409, 429 and 5xx, honouring Retry-After. */
  readonly maximumRetries: number;
  readonly signal?: AbortSignal;
}

/** What Vigilnote needs of a FHIR server; errors are {@link FhirError} with status and OperationOutcome. */
export interface FhirClient {
  readonly baseUrl: string;
  /** Pages of a search, following `next` on the same origin, until the caller stops. */
  searchPages(
    resourceType: string,
    parameters: Readonly<Record<string, string | number | readonly string[]>>,
    options?: { signal?: AbortSignal },
  ): AsyncGenerator<Bundle>;
  /** Follows a Bundle's `next` links from a bundle that the caller already has (prefetch). */
  followPages(first: Bundle, options?: { signal?: AbortSignal }): AsyncGenerator<Bundle>;
  read(reference: string, options?: { signal?: AbortSignal }): Promise<FhirResource>;
  /** An attachment by its URL, relative or absolute on the same origin: raw, or out of a Binary. */
  readAttachment(
    url: string,
    accept: string,
    options?: { signal?: AbortSignal; maximumBytes?: number },
  ): Promise<{ contentType: string; bytes: Uint8Array }>;
  transaction(bundle: Bundle): Promise<Bundle>;
  validate(resource: FhirResource): Promise<OperationOutcome>;
}
