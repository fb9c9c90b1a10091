import type { CardFeedback } from '../cds-hooks/feedback.ts';
import type { FeedbackReceipt, FeedbackStore } from '../database/feedback-store.ts';

/** Uuids that we give out have 36 characters. */
const CARD_UUID = /^[\w-]{1,128}$/;

/**
 * Stores what users did with cards. What names a card that cannot be ours (PostgreSQL holds neither
 * a NUL nor an index entry of any length) is counted and left out: a client's batch must not fail
 * for it.
 */
export async function keepFeedback(
  store: FeedbackStore,
  serviceId: string,
  feedback: readonly CardFeedback[],
): Promise<FeedbackReceipt> {
  const storable = feedback.filter(({ card }) => CARD_UUID.test(card));
  const receipt = await store.received(serviceId, storable);
  const foreign = feedback.length - storable.length;
  return { ...receipt, unknownCards: receipt.unknownCards + foreign };
}
