import { z } from 'zod';

/**
 * Shapes of the FHIR R4 elements that Vigilnote reads out of a hook request, checked at the edge so
 * that nothing behind it meets a string where a list should be. Everything else passes untouched.
 */
const text = z.string().exactOptional();
const coding = z.looseObject({ system: text, code: text, display: text, version: text });
const concept = z.looseObject({ coding: z.array(coding).exactOptional(), text });
const reference = z.looseObject({ reference: text, display: text, type: text });
const meta = z.looseObject({
  versionId: text,
  lastUpdated: text,
  security: z.array(coding).exactOptional(),
});
const period = z.looseObject({ start: text, end: text });
const identified = { id: text, meta: meta.exactOptional() };
const attachment = z.looseObject({
  contentType: text,
  data: text,
  url: text,
  title: text,
  creation: text,
  language: text,
  hash: text,
  size: z.number().exactOptional(),
});

/** R4 `medication[x]`, and `medication` of R5. */
const medication = {
  medicationCodeableConcept: concept.exactOptional(),
  medicationReference: reference.exactOptional(),
  medication: z
    .looseObject({ concept: concept.exactOptional(), reference: reference.exactOptional() })
    .exactOptional(),
};
const medicationResource = z.looseObject({
  ...identified,
  code: concept.exactOptional(),
  ingredient: z
    .array(
      z.looseObject({
        itemCodeableConcept: concept.exactOptional(),
        itemReference: reference.exactOptional(),
      }),
    )
    .exactOptional(),
});
const contained = z
  .array(z.looseObject({ resourceType: z.string() }).and(medicationResource))
  .exactOptional();
const forPatient = { subject: reference.exactOptional() };
const medicationEvent = z.looseObject({
  ...identified,
  ...medication,
  ...forPatient,
  contained,
  status: text,
  intent: text,
  authoredOn: text,
  dateAsserted: text,
  effectiveDateTime: text,
  effectivePeriod: period.exactOptional(),
  statusReason: z.union([concept, z.array(concept)]).exactOptional(),
  reasonCode: z.array(concept).exactOptional(),
});

const SHAPES: Readonly<Record<string, z.ZodType>> = {
  DocumentReference: z.looseObject({
    ...identified,
    ...forPatient,
    status: text,
    docStatus: text,
    type: concept.exactOptional(),
    category: z.array(concept).exactOptional(),
    date: text,
    description: text,
    author: z.array(reference).exactOptional(),
    custodian: reference.exactOptional(),
    authenticator: reference.exactOptional(),
    relatesTo: z
      .array(z.looseObject({ code: text, target: reference.exactOptional() }))
      .exactOptional(),
    content: z.array(z.looseObject({ attachment, format: coding.exactOptional() })),
    context: z.looseObject({ period: period.exactOptional() }).exactOptional(),
  }),
  AllergyIntolerance: z.looseObject({
    ...identified,
    patient: reference.exactOptional(),
    clinicalStatus: concept.exactOptional(),
    verificationStatus: concept.exactOptional(),
    code: concept.exactOptional(),
    reaction: z
      .array(
        z.looseObject({
          substance: concept.exactOptional(),
          manifestation: z.array(concept).exactOptional(),
        }),
      )
      .exactOptional(),
  }),
  AdverseEvent: z.looseObject({
    ...identified,
    ...forPatient,
    actuality: text,
    event: concept.exactOptional(),
    date: text,
    contained,
    suspectEntity: z.array(z.looseObject({ instance: reference.exactOptional() })).exactOptional(),
  }),
  Medication: medicationResource,
  MedicationRequest: medicationEvent,
  MedicationStatement: medicationEvent,
  MedicationAdministration: medicationEvent,
  MedicationDispense: medicationEvent,
};

/**
 * Checks a resource against the shape of its type; a type without one passes.
 * @returns the error, whose paths are relative to the resource
 */
export function shapeError(resource: { readonly resourceType: string }): z.ZodError | undefined {
  return SHAPES[resource.resourceType]?.safeParse(resource).error;
}
