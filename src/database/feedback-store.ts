import { type Kysely, sql, type Transaction } from 'kysely';
import { type Dismissal, dismissalOf } from './dismissal.ts';
import type { CardRecord, FeedbackRecord, FeedbackStore } from './feedback.ts';
import { jsonb } from './findings-store.ts';
import { patientKey, userKey } from './keys.ts';
import type { IssuedCardsTable, Schema } from './schema.ts';

export type { CardRecord, FeedbackReceipt, FeedbackRecord, FeedbackStore } from './feedback.ts';

/** User key of a dismissal that holds for everybody. */
const EVERYBODY = '';

/** Cards and feedback in the tables `issued_cards`, `feedback` and `dismissals`. */
export function createFeedbackStore(
  database: Kysely<Schema>,
  now: () => Date = () => new Date(),
): FeedbackStore {
  return {
    async issued(cards) {
      if (cards.length === 0) return;
      await database
        .insertInto('issued_cards')
        .values(
          cards.map((card) => ({
            card_uuid: card.cardUuid,
            alert_key: card.alertKey,
            hook: card.hook,
            service_id: card.serviceId,
            server: card.server,
            patient_key: patientKey(card.server, card.patientId),
            user_key: userKey(card.server, card.userId),
            suggestions: jsonb(card.suggestions),
            issued_at: now(),
          })),
        )
        .onConflict((conflict) => conflict.column('card_uuid').doNothing())
        .execute();
    },

    received: (serviceId, feedback) =>
      database.transaction().execute(async (transaction) => {
        const counts = { stored: 0, repeated: 0, unknownCards: 0 };
        for (const one of feedback) {
          if (!(await insert(transaction, serviceId, one, now()))) {
            counts.repeated++;
            continue;
          }
          counts.stored++;
          const card = await transaction
            .selectFrom('issued_cards')
            .selectAll()
            .where('card_uuid', '=', one.card)
            .executeTakeFirst();
          if (!card) counts.unknownCards++;
          else await dismiss(transaction, card, one, now());
        }
        return counts;
      }),

    async dismissed({ server, patientId, userId }) {
      const rows = await database
        .selectFrom('dismissals')
        .select('alert_key')
        .where('patient_key', '=', patientKey(server, patientId))
        .where('user_key', 'in', [EVERYBODY, userKey(server, userId)])
        .where((row) => row.or([row('expires_at', 'is', null), row('expires_at', '>', now())]))
        .execute();
      return new Set(rows.map(({ alert_key }) => alert_key));
    },

    erasePatient: (server, patientId) =>
      database.transaction().execute(async (transaction) => {
        const key = patientKey(server, patientId);
        const cards = transaction
          .selectFrom('issued_cards')
          .select('card_uuid')
          .where('patient_key', '=', key);
        const deleted = [
          await transaction
            .deleteFrom('feedback')
            .where('card_uuid', 'in', cards)
            .executeTakeFirst(),
          await transaction
            .deleteFrom('dismissals')
            .where('patient_key', '=', key)
            .executeTakeFirst(),
          await transaction
            .deleteFrom('issued_cards')
            .where('patient_key', '=', key)
            .executeTakeFirst(),
        ];
        return deleted.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0);
      }),
  };
}

/** @returns false when the same feedback is there already */
async function insert(
  transaction: Transaction<Schema>,
  serviceId: string,
  feedback: FeedbackRecord,
  receivedAt: Date,
): Promise<boolean> {
  const override = feedback.outcome === 'overridden' ? feedback.overrideReason : undefined;
  const inserted = await transaction
    .insertInto('feedback')
    .values({
      card_uuid: feedback.card,
      service_id: serviceId,
      outcome: feedback.outcome,
      accepted_suggestions:
        feedback.outcome === 'accepted'
          ? jsonb(feedback.acceptedSuggestions.map(({ id }) => id))
          : null,
      override_reason: override?.reason ? jsonb(override.reason) : null,
      user_comment: override?.userComment?.replaceAll('\u0000', '\uFFFD') ?? null,
      outcome_timestamp: new Date(feedback.outcomeTimestamp),
      received_at: receivedAt,
      body: jsonb(feedback),
    })
    .onConflict((conflict) => conflict.constraint('feedback_once').doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

async function dismiss(
  transaction: Transaction<Schema>,
  card: Pick<IssuedCardsTable, 'alert_key' | 'server' | 'patient_key' | 'user_key'> & {
    readonly suggestions: unknown;
  },
  feedback: FeedbackRecord,
  at: Date,
): Promise<void> {
  const dismissal = dismissalOf(answerOf(feedback, card.suggestions));
  if (!dismissal) return;
  const state = stateOf(dismissal, at);
  await transaction
    .insertInto('dismissals')
    .values({
      alert_key: card.alert_key,
      server: card.server,
      patient_key: card.patient_key,
      user_key: dismissal.scope === 'patient' ? EVERYBODY : card.user_key,
      ...state,
    })
    .onConflict((conflict) =>
      conflict
        .constraint('dismissals_once')
        .doUpdateSet(state)
        // What was dismissed for good stays so.
        .where(sql.ref('dismissals.expires_at'), 'is not', null),
    )
    .execute();
}

function stateOf({ reason, forMs }: Dismissal, at: Date) {
  return {
    reason,
    dismissed_at: at,
    expires_at: forMs === undefined ? null : new Date(at.getTime() + forMs),
  };
}

function answerOf(feedback: FeedbackRecord, suggestions: unknown) {
  if (feedback.outcome === 'overridden') {
    const code = feedback.overrideReason?.reason?.code;
    return {
      outcome: feedback.outcome,
      acceptedActions: [],
      ...(code !== undefined && { reasonCode: code }),
    };
  }
  const accepted = new Set(feedback.acceptedSuggestions.map(({ id }) => id));
  const known = suggestions as CardRecord['suggestions'];
  return {
    outcome: feedback.outcome,
    acceptedActions: known.filter(({ uuid }) => accepted.has(uuid)).map(({ action }) => action),
  };
}
