import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundle, FhirResource, OperationOutcome } from 'fhir/r4.js';
import { bytesOfBase64 } from './base64.ts';
import type { FhirClient, FhirClientOptions } from './client.ts';
import { FhirError } from './fhir-error.ts';
import { type Connection, type Exchange, exchangeBytes, exchangeJson, sameOrigin } from './http.ts';
import { type RetryClock, type RetryPolicy, withRetries } from './retry.ts';

const FIRST_RETRY_DELAY_MS = 200;
const MAXIMUM_RETRY_DELAY_MS = 30_000;
/** A server whose `next` links go on for ever. */
const MAXIMUM_PAGES = 10_000;
const NO_LIMIT = Number.MAX_SAFE_INTEGER;
/** A Binary as JSON: its base64, and the other elements. */
const BASE64_GROWTH = 1.4;
const BINARY_OVERHEAD_BYTES = 65_536;

const CLOCK: RetryClock = {
  sleep: (delayMs, signal) => sleep(delayMs, undefined, signal ? { signal } : {}),
  random: Math.random,
};

/**
 * A FHIR client over fhir-kit-client that adds what that leaves open: time limits, retries after
 * 409, 429 and 5xx, raw Binaries, and the rule that no request with the token leaves the server's
 * origin, by a link, an attachment's URL or a redirect.
 *
 * @param clock replaced in tests
 * @throws TypeError when the base URL is not an http or https URL
 */
export function createFhirClient(
  options: FhirClientOptions,
  clock: RetryClock = CLOCK,
): FhirClient {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  if (!/^https?:$/.test(URL.canParse(baseUrl) ? new URL(baseUrl).protocol : '')) {
    throw new TypeError('baseUrl must be the http or https URL of a FHIR server');
  }
  const connection: Connection = {
    baseUrl,
    accessToken: options.accessToken,
    timeoutMs: options.timeoutMs,
  };
  const policy: RetryPolicy = {
    maximumRetries: options.maximumRetries,
    firstDelayMs: FIRST_RETRY_DELAY_MS,
    maximumDelayMs: MAXIMUM_RETRY_DELAY_MS,
  };

  async function retried<T>(
    callSignal: AbortSignal | undefined,
    exchange: (signal: AbortSignal | undefined) => Promise<T>,
  ): Promise<T> {
    const signals = [options.signal, callSignal].filter((signal) => signal !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    return withRetries(() => exchange(signal), policy, clock, signal);
  }

  function json(exchange: Exchange): Promise<unknown> {
    return retried(exchange.signal, (signal) =>
      exchangeJson(connection, { ...exchange, ...(signal && { signal }) }),
    );
  }

  async function bundle(exchange: Exchange): Promise<Bundle> {
    return expected<Bundle>(await json(exchange), 'Bundle', exchange.interaction);
  }

  async function* following(
    first: Bundle,
    interaction: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Bundle> {
    const seen = new Set<string>();
    let page = first;
    while (seen.size < MAXIMUM_PAGES) {
      const link = nextLink(page);
      if (link === undefined) return;
      const url = sameOrigin(link, baseUrl, 'The next page of a search');
      if (seen.has(url.href)) break;
      seen.add(url.href);
      page = await bundle({ method: 'GET', url, interaction, ...(signal && { signal }) });
      yield page;
    }
    throw new FhirError('invalid-response', `The pages of ${interaction} lead back to themselves.`);
  }

  return {
    baseUrl,

    async *searchPages(resourceType, parameters, { signal } = {}) {
      const url = new URL(`${baseUrl}/${resourceType}`);
      for (const [name, value] of Object.entries(parameters)) {
        for (const one of [value].flat()) url.searchParams.append(name, String(one));
      }
      const interaction = `search ${resourceType}`;
      const first = await bundle({ method: 'GET', url, interaction, ...(signal && { signal }) });
      yield first;
      yield* following(first, interaction, signal);
    },

    followPages: (first, { signal } = {}) => following(first, 'further pages', signal),

    async read(reference, { signal } = {}) {
      const url = sameOrigin(reference, baseUrl, 'A reference');
      const resourceType = /([A-Z][A-Za-z]+)\/[^/]+(?:\/_history\/[^/]+)?$/.exec(url.pathname)?.[1];
      const interaction = `read ${resourceType ?? 'a resource'}`;
      const resource = await json({ method: 'GET', url, interaction, ...(signal && { signal }) });
      return expected<FhirResource>(resource, resourceType, interaction);
    },

    async readAttachment(link, accept, { signal, maximumBytes = NO_LIMIT } = {}) {
      const url = sameOrigin(link, baseUrl, "An attachment's URL");
      const interaction = 'read an attachment';
      // Servers that keep no raw content answer with the Binary resource.
      const exchange = {
        method: 'GET',
        url,
        interaction,
        accept: `${accept}, application/fhir+json;q=0.9`,
      } as const;
      const answer = await retried(signal, (both) =>
        exchangeBytes(connection, { ...exchange, ...(both && { signal: both }) }, (contentType) =>
          isJson(contentType) ? maximumBytes * BASE64_GROWTH + BINARY_OVERHEAD_BYTES : maximumBytes,
        ),
      );
      return isJson(answer.contentType) && !isJson(accept)
        ? outOfBinary(answer.bytes, interaction, maximumBytes)
        : answer;
    },

    transaction: (body) =>
      bundle({ method: 'POST', url: new URL(baseUrl), interaction: 'a transaction', body }),

    async validate(resource) {
      const url = new URL(`${baseUrl}/${resource.resourceType}/$validate`);
      const interaction = `validate ${resource.resourceType}`;
      try {
        const outcome = await json({ method: 'POST', url, interaction, body: resource });
        return expected<OperationOutcome>(outcome, 'OperationOutcome', interaction);
      } catch (error) {
        // Some servers say "not valid" by the status as well.
        const { status, operationOutcome } = error instanceof FhirError ? error : {};
        if (operationOutcome && (status === 400 || status === 412 || status === 422)) {
          return operationOutcome;
        }
        throw error;
      }
    },
  };
}

function isJson(contentType: string): boolean {
  return /^\s*application\/(fhir\+)?json\b/i.test(contentType);
}

function expected<T extends FhirResource>(
  value: unknown,
  resourceType: string | undefined,
  interaction: string,
): T {
  const found = (value as { resourceType?: unknown } | null)?.resourceType;
  if (typeof found === 'string' && (resourceType === undefined || found === resourceType)) {
    return value as T;
  }
  throw new FhirError(
    'invalid-response',
    `The FHIR server's answer to ${interaction} is not ${resourceType ? `a ${resourceType}` : 'a resource'}.`,
    found === 'OperationOutcome' ? { operationOutcome: value as OperationOutcome } : {},
  );
}

function nextLink(page: Bundle): string | undefined {
  const links: unknown = page.link;
  if (!Array.isArray(links)) return undefined;
  const url: unknown = links.find((link) => link?.relation === 'next')?.url;
  return typeof url === 'string' && url !== '' ? url : undefined;
}

/** https://hl7.org/fhir/R4/binary.html */
function outOfBinary(
  body: Uint8Array,
  interaction: string,
  maximumBytes: number,
): { contentType: string; bytes: Uint8Array } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(body));
  } catch {
    parsed = undefined;
  }
  const binary = expected<FhirResource>(parsed, 'Binary', interaction) as {
    contentType?: unknown;
    data?: unknown;
  };
  const data = binary.data ?? '';
  const bytes = typeof data === 'string' ? bytesOfBase64(data) : undefined;
  if (!bytes) {
    throw new FhirError('invalid-response', 'Binary.data of an attachment is not base64.');
  }
  if (bytes.byteLength > maximumBytes) {
    throw new FhirError('too-large', `The attachment is larger than ${maximumBytes} bytes.`);
  }
  return { contentType: typeof binary.contentType === 'string' ? binary.contentType : '', bytes };
}
