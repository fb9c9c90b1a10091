import { z } from 'zod';
import { extensionSchema, requiredText } from './coding.ts';

/** Why a card was overridden: one of its `overrideReasons`, the user's own words, or both. */
export const overrideSchema = z.looseObject({
  /** Clients echo the Coding of the card; only its code is needed to know it again. */
  reason: z
    .looseObject({
      code: requiredText,
      system: requiredText.exactOptional(),
      display: z.string().exactOptional(),
    })
    .exactOptional(),
  userComment: z.string().exactOptional(),
});
export type Override = z.infer<typeof overrideSchema>;

const anyFeedback = {
  /** `card.uuid`. */
  card: requiredText,
  /** When the user acted, ISO 8601 in UTC. */
  outcomeTimestamp: z.iso
    .datetime({ offset: true, error: 'must be an ISO 8601 date and time' })
    .refine((text) => !text.startsWith('0000'), 'must be an ISO 8601 date and time'),
  extension: extensionSchema.exactOptional(),
};

/** One card's outcome. https://cds-hooks.hl7.org/2.0/#feedback */
export const cardFeedbackSchema = z.discriminatedUnion('outcome', [
  z.looseObject({
    ...anyFeedback,
    outcome: z.literal('accepted'),
    /** `suggestion.uuid` of each accepted suggestion. */
    acceptedSuggestions: z.array(z.looseObject({ id: requiredText })).min(1),
  }),
  z.looseObject({
    ...anyFeedback,
    outcome: z.literal('overridden'),
    overrideReason: overrideSchema.exactOptional(),
  }),
]);
export type CardFeedback = z.infer<typeof cardFeedbackSchema>;

/** The body of `POST {baseUrl}/cds-services/{id}/feedback`: batches are allowed. */
export const feedbackSchema = z.looseObject({ feedback: z.array(cardFeedbackSchema).min(1) });
export type Feedback = z.infer<typeof feedbackSchema>;
