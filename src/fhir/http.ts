import { Client } from 'fhir-kit-client';
import { answeredError, FhirError } from './fhir-error.ts';
import { retryAfterMs } from './retry.ts';

export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** For error texts: `search DocumentReference`. */
  readonly interaction: string;
  readonly body?: object;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

export interface Connection {
  readonly baseUrl: string;
  readonly accessToken: string | undefined;
  readonly timeoutMs: number;
}

export interface RawAnswer {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

const MAXIMUM_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * The place that a link leads to, which must be on the server's own origin: it will get the token.
 * Relative links are relative to the base URL. https://hl7.org/fhir/R4/references.html#literal
 *
 * @throws FhirError other-origin
 */
export function sameOrigin(link: string, baseUrl: string, what: string): URL {
  const base = new URL(`${baseUrl}/`);
  const url = URL.canParse(link, base.href) ? new URL(link, base) : undefined;
  if (url?.origin === base.origin && url.username === '' && url.password === '') return url;
  throw new FhirError(
    'other-origin',
    `${what} leads away from the FHIR server's own origin and was not followed, so that the access token stays with the server.`,
  );
}

/**
 * One exchange with JSON in both directions, by fhir-kit-client.
 * @throws FhirError; the reason of the caller's signal when that ended it
 */
export async function exchangeJson(connection: Connection, exchange: Exchange): Promise<unknown> {
  const kit = new Client({
    baseUrl: connection.baseUrl,
    ...(connection.accessToken !== undefined && { bearerToken: connection.accessToken }),
  });
  return following(connection, exchange, async (url, signal) => {
    try {
      return await kit.request(url.href, {
        method: exchange.method,
        ...(exchange.body && { body: exchange.body }),
        options: {
          redirect: 'manual',
          signal,
          headers: {
            accept: exchange.accept ?? 'application/fhir+json',
            ...(exchange.body && { 'content-type': 'application/fhir+json' }),
          },
        },
      });
    } catch (error) {
      const answer = answerIn(error);
      if (!answer) throw error;
      return refused(exchange, answer.status, answer.headers, answer.data);
    }
  });
}

/**
 * One exchange whose answer is taken as bytes, whatever its type (fhir-kit-client reads JSON alone).
 * @throws FhirError too-large as soon as there are more than `maximumBytes`
 */
export async function exchangeBytes(
  connection: Connection,
  exchange: Exchange,
  maximumBytes: (contentType: string) => number,
): Promise<RawAnswer> {
  return following(connection, exchange, async (url, signal) => {
    const response = await fetch(url, {
      redirect: 'manual',
      signal,
      headers: {
        accept: exchange.accept ?? '*/*',
        ...(connection.accessToken !== undefined && {
          authorization: `Bearer ${connection.accessToken}`,
        }),
      },
    });
    if (!response.ok) {
      return refused(exchange, response.status, response.headers, await bodyOf(response));
    }
    const contentType = response.headers.get('content-type') ?? '';
    return { contentType, bytes: await limited(response, maximumBytes(contentType), exchange) };
  });
}

/** A redirect to follow, which only {@link following} sees. */
class Redirect {
  readonly url: URL;
  constructor(url: URL) {
    this.url = url;
  }
}

/** Follows redirects on the same origin, within the time limit, and names what failed. */
async function following<T>(
  { baseUrl, timeoutMs }: Connection,
  { url: first, interaction, method, signal: callersSignal }: Exchange,
  send: (url: URL, signal: AbortSignal) => Promise<T | Redirect>,
): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = callersSignal ? AbortSignal.any([callersSignal, timeout]) : timeout;
  let url = first;
  for (let redirects = 0; redirects <= MAXIMUM_REDIRECTS; redirects += 1) {
    let answer: T | Redirect;
    try {
      callersSignal?.throwIfAborted();
      answer = await send(url, signal);
    } catch (error) {
      callersSignal?.throwIfAborted();
      throw named(error, interaction, timeout, timeoutMs);
    }
    if (!(answer instanceof Redirect)) return answer;
    if (method !== 'GET') {
      throw new FhirError('invalid-response', `The FHIR server redirects ${interaction}.`);
    }
    url = sameOrigin(answer.url.href, baseUrl, 'A redirect');
  }
  throw new FhirError('invalid-response', `The FHIR server redirects ${interaction} endlessly.`);
}

function named(
  error: unknown,
  interaction: string,
  timeout: AbortSignal,
  timeoutMs: number,
): Error {
  if (error instanceof FhirError) return error;
  if (timeout.aborted) {
    return new FhirError(
      'timeout',
      `The FHIR server did not answer ${interaction} within ${timeoutMs} ms.`,
      { cause: timeout.reason },
    );
  }
  // fetch: TypeError "fetch failed", or "terminated" while the body was coming; the code is in its cause.
  const { name, cause } = (error ?? {}) as { name?: unknown; cause?: { code?: unknown } };
  if (name === 'TypeError' && cause) {
    const { code } = cause;
    const why = typeof code === 'string' ? ` (${code})` : '';
    return new FhirError(
      'unreachable',
      `The FHIR server could not be reached for ${interaction}${why}.`,
    );
  }
  // fhir-kit-client puts the response on the parsed value: a bare null or number has no place for it.
  return new FhirError(
    'invalid-response',
    `The FHIR server's answer to ${interaction} is no resource.`,
  );
}

function refused(exchange: Exchange, status: number, headers: Headers, body: unknown): Redirect {
  const location = headers.get('location');
  if (REDIRECTS.has(status) && location !== null && URL.canParse(location, exchange.url.href)) {
    return new Redirect(new URL(location, exchange.url));
  }
  if (status < 300) {
    throw new FhirError(
      'invalid-response',
      `The FHIR server's answer to ${exchange.interaction} is not JSON.`,
    );
  }
  const waitMs = retryAfterMs(headers.get('retry-after'), Date.now());
  throw answeredError(exchange.interaction, status, body, waitMs);
}

/** The answer that fhir-kit-client threw as an error. */
function answerIn(error: unknown): { status: number; headers: Headers; data: unknown } | undefined {
  const { response, config } = (error ?? {}) as {
    response?: { status?: unknown; data?: unknown };
    config?: { headers?: unknown };
  };
  if (typeof response?.status !== 'number') return undefined;
  const headers = config?.headers as Headers;
  return { status: response.status, headers, data: response.data };
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return JSON.parse(await response.text());
  } catch {
    return undefined;
  }
}

async function limited(
  response: Response,
  maximumBytes: number,
  { interaction }: Exchange,
): Promise<Uint8Array> {
  const tooLarge = () =>
    new FhirError(
      'too-large',
      `The answer to ${interaction} is larger than ${maximumBytes} bytes.`,
    );
  const announced = Number(response.headers.get('content-length'));
  if (announced > maximumBytes) {
    await response.body?.cancel();
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    // Leaving the loop cancels the body.
    if (length > maximumBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
