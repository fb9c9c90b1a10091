import { z } from 'zod';

/** Text that a REQUIRED attribute may hold: neither empty nor white space alone (https://cds-hooks.hl7.org/2.0/#use-of-json). */
export const requiredText = z.string().regex(/\S/, 'must not be empty or white space alone');

/**
 * A FHIR resource of any version: the protocol passes it on and looks at its type alone.
 * https://hl7.org/fhir/resource.html
 */
export const fhirResourceSchema = z.looseObject({ resourceType: requiredText });
export type AnyResource = z.infer<typeof fhirResourceSchema>;

/**
 * A pre-coordinated JSON object under a name that is unique in the world.
 * https://cds-hooks.hl7.org/2.0/#extensions
 */
export const extensionSchema = z.record(z.string(), z.unknown());

/** https://cds-hooks.hl7.org/2.0/#coding */
export const codingSchema = z.strictObject({
  code: requiredText,
  system: requiredText,
  /** Required in `card.overrideReasons`, see {@link overrideReasonSchema}. */
  display: requiredText.exactOptional(),
});
export type Coding = z.infer<typeof codingSchema>;

/** https://cds-hooks.hl7.org/2.0/#reasons-for-rejecting-a-card */
export const overrideReasonSchema = codingSchema.extend({ display: requiredText });
export type OverrideReason = z.infer<typeof overrideReasonSchema>;
