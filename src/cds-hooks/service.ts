import { z } from 'zod';
import { extensionSchema, requiredText } from './coding.ts';

/**
 * Prefetch templates by key: queries relative to the FHIR server's base.
 * https://cds-hooks.hl7.org/2.0/#prefetch-template
 */
export const prefetchTemplatesSchema = z.record(requiredText, requiredText);
export type PrefetchTemplates = z.infer<typeof prefetchTemplatesSchema>;

/** What discovery says of one service. https://cds-hooks.hl7.org/2.0/#response */
export const serviceDefinitionSchema = z.strictObject({
  /** The hook that the service is invoked on. */
  hook: requiredText,
  /** Human-friendly name, recommended. */
  title: requiredText.exactOptional(),
  description: requiredText,
  /** The `{id}` of `{baseUrl}/cds-services/{id}`; several hooks may share one. */
  id: z
    .string()
    .regex(/^[A-Za-z0-9._~-]+$/, 'must be a path segment of letters, digits and . _ ~ -'),
  prefetch: prefetchTemplatesSchema.exactOptional(),
  /** Preconditions on the use of the service, for people. */
  usageRequirements: requiredText.exactOptional(),
  /** Version of the service itself; an addition of 3.0 that 2.0 clients pass over. */
  version: requiredText.exactOptional(),
  extension: extensionSchema.exactOptional(),
});
export type ServiceDefinition = z.infer<typeof serviceDefinitionSchema>;

/** `GET {baseUrl}/cds-services`. https://cds-hooks.hl7.org/2.0/#discovery */
export const discoverySchema = z.strictObject({ services: z.array(serviceDefinitionSchema) });
export type Discovery = z.infer<typeof discoverySchema>;
