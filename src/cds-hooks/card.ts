import { z } from 'zod';
import {
  codingSchema,
  extensionSchema,
  fhirResourceSchema,
  overrideReasonSchema,
  requiredText,
} from './coding.ts';

const absoluteUrl = z
  .string()
  .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), 'must be an absolute URL');

/** The specification asks for fewer than 140 characters. https://cds-hooks.hl7.org/2.0/#card-attributes */
export const MAXIMUM_SUMMARY_LENGTH = 139;

export const INDICATORS = ['info', 'warning', 'critical'] as const;
export type Indicator = (typeof INDICATORS)[number];

/** https://cds-hooks.hl7.org/2.0/#source */
export const sourceSchema = z.strictObject({
  label: requiredText,
  url: absoluteUrl.exactOptional(),
  /** A PNG of 100 × 100 pixels without transparency. */
  icon: absoluteUrl.exactOptional(),
  topic: codingSchema.exactOptional(),
});
export type Source = z.infer<typeof sourceSchema>;

/** https://cds-hooks.hl7.org/2.0/#action */
export const actionSchema = z
  .strictObject({
    type: z.enum(['create', 'update', 'delete']),
    description: requiredText,
    /** `create`: the new resource; `update`: the whole changed one. */
    resource: fhirResourceSchema.exactOptional(),
    /** `delete`: the resource as a relative reference. */
    resourceId: requiredText.exactOptional(),
    extension: extensionSchema.exactOptional(),
  })
  .refine((action) => action.type === 'delete' || action.resource !== undefined, {
    path: ['resource'],
    error: 'is required when type is create or update',
  })
  .refine((action) => action.type !== 'delete' || action.resource === undefined, {
    path: ['resource'],
    error: 'must not be there when type is delete: resourceId names what to delete',
  });
export type Action = z.infer<typeof actionSchema>;

/** https://cds-hooks.hl7.org/2.0/#suggestion */
export const suggestionSchema = z.strictObject({
  label: requiredText,
  /** Comes back in feedback when the suggestion is accepted. */
  uuid: requiredText.exactOptional(),
  isRecommended: z.boolean().exactOptional(),
  /** All of them together. */
  actions: z.array(actionSchema).exactOptional(),
  extension: extensionSchema.exactOptional(),
});
export type Suggestion = z.infer<typeof suggestionSchema>;

/** https://cds-hooks.hl7.org/2.0/#link */
export const linkSchema = z
  .strictObject({
    label: requiredText,
    url: absoluteUrl,
    type: z.enum(['absolute', 'smart']),
    /** For SMART launches alone. */
    appContext: requiredText.exactOptional(),
    extension: extensionSchema.exactOptional(),
  })
  .refine((link) => link.type === 'smart' || link.appContext === undefined, {
    path: ['appContext'],
    error: 'is valid only when type is smart',
  });
export type Link = z.infer<typeof linkSchema>;

/** https://cds-hooks.hl7.org/2.0/#card-attributes */
export const cardSchema = z
  .strictObject({
    /** Comes back in feedback. */
    uuid: requiredText.exactOptional(),
    summary: requiredText.max(
      MAXIMUM_SUMMARY_LENGTH,
      `must have at most ${MAXIMUM_SUMMARY_LENGTH} characters`,
    ),
    /** GitHub Flavoured Markdown; clients render it, so text of others must be escaped in it. */
    detail: requiredText.exactOptional(),
    indicator: z.enum(INDICATORS),
    source: sourceSchema,
    suggestions: z.array(suggestionSchema).exactOptional(),
    selectionBehavior: z.enum(['at-most-one', 'any']).exactOptional(),
    overrideReasons: z.array(overrideReasonSchema).exactOptional(),
    links: z.array(linkSchema).exactOptional(),
    extension: extensionSchema.exactOptional(),
  })
  .refine((card) => !card.suggestions?.length || card.selectionBehavior !== undefined, {
    path: ['selectionBehavior'],
    error: 'is required when there are suggestions',
  })
  .refine(
    (card) =>
      card.selectionBehavior !== 'at-most-one' ||
      (card.suggestions ?? []).filter(({ isRecommended }) => isRecommended).length <= 1,
    {
      path: ['suggestions'],
      error: 'may recommend at most one when selectionBehavior is at-most-one',
    },
  );
export type Card = z.infer<typeof cardSchema>;

/** The answer to an invocation; `cards: []` when there is nothing to say. https://cds-hooks.hl7.org/2.0/#cds-service-response */
export const responseSchema = z.strictObject({
  cards: z.array(cardSchema),
  systemActions: z.array(actionSchema).exactOptional(),
  extension: extensionSchema.exactOptional(),
});
export type CdsResponse = z.infer<typeof responseSchema>;
