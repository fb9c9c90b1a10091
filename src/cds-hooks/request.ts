import { z } from 'zod';
import { extensionSchema, requiredText } from './coding.ts';
import { CONTEXT_SCHEMAS, type ContextOf, type HookName } from './context.ts';

/**
 * Access to the client's FHIR server for this one request: never stored, never logged, never sent
 * to another origin. https://cds-hooks.hl7.org/2.0/#passing-the-access-token-to-the-cds-service
 */
export const fhirAuthorizationSchema = z.looseObject({
  access_token: requiredText,
  token_type: z.literal('Bearer', { error: 'must be Bearer' }),
  /** Lifetime in seconds. */
  expires_in: z.int().nonnegative(),
  scope: z.string(),
  /** The OAuth 2.0 client id of the service. */
  subject: requiredText,
  /** The patient that the token is confined to. */
  patient: requiredText.exactOptional(),
});
export type FhirAuthorization = z.infer<typeof fhirAuthorizationSchema>;

/** An absolute http(s) address; user names in it would leak into logs of others. */
const serverUrl = z.string().refine(isServerUrl, 'must be an absolute http or https URL');

function isServerUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url) return false;
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

/**
 * Prefetched values by key. `null` says that there are no data; an absent key that the client did
 * not fetch. What each means is told by `readPrefetched`.
 * https://cds-hooks.hl7.org/2.0/#providing-fhir-resources-to-a-cds-service
 */
export const prefetchSchema = z.record(z.string(), z.unknown());

const requestBase = z.looseObject({
  hook: requiredText,
  /** Unique to this trigger of the hook. */
  hookInstance: z.guid('must be a UUID'),
  fhirServer: serverUrl.exactOptional(),
  fhirAuthorization: fhirAuthorizationSchema.exactOptional(),
  prefetch: prefetchSchema.exactOptional(),
  extension: extensionSchema.exactOptional(),
});

/** The body of `POST {baseUrl}/cds-services/{id}`. https://cds-hooks.hl7.org/2.0/#http-request_1 */
export type CdsRequest<Hook extends HookName = HookName> = z.infer<typeof requestBase> & {
  readonly hook: Hook;
  readonly context: ContextOf<Hook>;
};

/**
 * The schema of a request on one hook. `null` at the root or in the context is read as absent: the
 * specification forbids it, clients send it, and its meaning is not in doubt.
 */
export function requestSchema<Hook extends HookName>(hook: Hook) {
  return z.preprocess(
    withoutNulls,
    requestBase
      .extend({
        hook: z.literal(hook, { error: `must be ${hook}` }),
        context: z.preprocess(withoutNulls, CONTEXT_SCHEMAS[hook]),
      })
      // https://cds-hooks.hl7.org/2.0/#http-request_1: fhirServer is REQUIRED with fhirAuthorization.
      .refine((body) => body.fhirAuthorization === undefined || body.fhirServer !== undefined, {
        path: ['fhirServer'],
        error: 'is required when fhirAuthorization is present',
        // Said together with what else is wrong, wherever the body is an object at all.
        when: ({ value }) => typeof value === 'object' && value !== null,
      }),
  );
}

function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}
