import type { ColumnType, Generated } from 'kysely';

/**
 * A jsonb column: read as a value, written as JSON text. Text is bound as it stands by PGlite and by
 * node-postgres, where an array would become a PostgreSQL array.
 */
type Json<Value> = ColumnType<Value, string | null, string | null>;
type Timestamp = ColumnType<Date, Date | string, Date | string>;
type DefaultedTimestamp = ColumnType<Date, Date | string | undefined, Date | string>;

export interface NoteFindingsTable {
  /** SHA-256 of server, document, version, model and vocabulary. */
  readonly key: string;
  readonly server: string;
  readonly reference: string;
  readonly version: string;
  readonly model_id: string;
  readonly vocabulary_version: string;
  readonly patient_key: string;
  /** What was read; null where the note cannot be read. */
  readonly findings: Json<unknown>;
  /** Why this version can never be read; null where it was. */
  readonly unreadable: string | null;
  readonly stored_at: DefaultedTimestamp;
}

export interface IssuedCardsTable {
  readonly card_uuid: string;
  readonly alert_key: string;
  readonly hook: string;
  readonly service_id: string;
  readonly server: string;
  readonly patient_key: string;
  readonly user_key: string;
  readonly suggestions: Json<unknown>;
  readonly issued_at: DefaultedTimestamp;
}

export interface FeedbackTable {
  readonly id: Generated<string>;
  readonly card_uuid: string;
  readonly service_id: string;
  readonly outcome: string;
  readonly accepted_suggestions: Json<unknown>;
  readonly override_reason: Json<unknown>;
  readonly user_comment: string | null;
  readonly outcome_timestamp: Timestamp;
  readonly received_at: DefaultedTimestamp;
  /** The feedback as it came. */
  readonly body: Json<unknown>;
}

export interface DismissalsTable {
  readonly alert_key: string;
  readonly server: string;
  readonly patient_key: string;
  /** Whom it is silent for; empty: for everybody. */
  readonly user_key: string;
  readonly reason: string;
  readonly dismissed_at: Timestamp;
  /** Null: it does not come back. */
  readonly expires_at: Timestamp | null;
}

export interface Schema {
  readonly note_findings: NoteFindingsTable;
  readonly issued_cards: IssuedCardsTable;
  readonly feedback: FeedbackTable;
  readonly dismissals: DismissalsTable;
}
