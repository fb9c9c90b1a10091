import { z } from 'zod';
import { fhirResourceSchema } from './coding.ts';

/** https://hl7.org/fhir/R4/datatypes.html#id */
const fhirId = z
  .string()
  .regex(/^[A-Za-z0-9\-.]{1,64}$/, 'must be a FHIR id: 1 to 64 letters, digits, - and .');

/** The user as a relative reference: `Practitioner/abc`. */
const userReference = z
  .string()
  .regex(
    /^(Practitioner|PractitionerRole|Patient|RelatedPerson)\/[A-Za-z0-9\-.]{1,64}$/,
    'must be a reference such as Practitioner/abc to a Practitioner, PractitionerRole, Patient or RelatedPerson',
  );

/** A relative reference to a draft resource: `MedicationRequest/abc`. */
const resourceReference = z
  .string()
  .regex(
    /^[A-Za-z]{1,64}\/[A-Za-z0-9\-.]{1,64}$/,
    'must be a reference such as MedicationRequest/abc',
  );

/**
 * The unsigned orders. `type` is not asked for: sandboxes leave it out, and nothing depends on it.
 * https://hl7.org/fhir/R4/bundle.html
 */
const draftOrders = z.looseObject({
  resourceType: z.literal('Bundle'),
  entry: z.array(z.looseObject({ resource: fhirResourceSchema.exactOptional() })).exactOptional(),
});

/** https://cds-hooks.org/hooks/patient-view/ (1.0) */
export const patientViewContextSchema = z.looseObject({
  userId: userReference,
  patientId: fhirId,
  encounterId: fhirId.exactOptional(),
});
export type PatientViewContext = z.infer<typeof patientViewContextSchema>;

/** https://cds-hooks.org/hooks/order-select/ (1.0) */
export const orderSelectContextSchema = z.looseObject({
  userId: userReference,
  patientId: fhirId,
  encounterId: fhirId.exactOptional(),
  /** The orders of `draftOrders` that were selected just now. */
  selections: z.array(resourceReference),
  draftOrders,
});
export type OrderSelectContext = z.infer<typeof orderSelectContextSchema>;

/** https://cds-hooks.org/hooks/order-sign/ (1.1) */
export const orderSignContextSchema = z.looseObject({
  userId: userReference,
  patientId: fhirId,
  encounterId: fhirId.exactOptional(),
  draftOrders,
});
export type OrderSignContext = z.infer<typeof orderSignContextSchema>;

/** The hooks whose contexts are known here; a further hook is a further line. */
export const CONTEXT_SCHEMAS = {
  'patient-view': patientViewContextSchema,
  'order-select': orderSelectContextSchema,
  'order-sign': orderSignContextSchema,
} as const;
export type HookName = keyof typeof CONTEXT_SCHEMAS;
export type ContextOf<Hook extends HookName> = z.infer<(typeof CONTEXT_SCHEMAS)[Hook]>;
