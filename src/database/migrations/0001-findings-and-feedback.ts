import { type Kysely, sql } from 'kysely';

/** Findings by note version; cards given out, what was answered, what that dismisses. */
export async function up(database: Kysely<unknown>): Promise<void> {
  const now = sql`now()`;
  await database.schema
    .createTable('note_findings')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('server', 'text', (column) => column.notNull())
    .addColumn('reference', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('vocabulary_version', 'text', (column) => column.notNull())
    .addColumn('patient_key', 'text', (column) => column.notNull())
    .addColumn('findings', 'jsonb')
    .addColumn('unreadable', 'text')
    .addColumn('stored_at', 'timestamptz', (column) => column.notNull().defaultTo(now))
    .addCheckConstraint(
      'note_findings_read_or_unreadable',
      sql`(findings is null) <> (unreadable is null)`,
    )
    .execute();
  await database.schema
    .createIndex('note_findings_patient')
    .on('note_findings')
    .column('patient_key')
    .execute();
  await database.schema
    .createIndex('note_findings_document')
    .on('note_findings')
    .columns(['server', 'reference'])
    .execute();

  await database.schema
    .createTable('issued_cards')
    .addColumn('card_uuid', 'text', (column) => column.primaryKey())
    .addColumn('alert_key', 'text', (column) => column.notNull())
    .addColumn('hook', 'text', (column) => column.notNull())
    .addColumn('service_id', 'text', (column) => column.notNull())
    .addColumn('server', 'text', (column) => column.notNull())
    .addColumn('patient_key', 'text', (column) => column.notNull())
    .addColumn('user_key', 'text', (column) => column.notNull())
    .addColumn('suggestions', 'jsonb', (column) => column.notNull())
    .addColumn('issued_at', 'timestamptz', (column) => column.notNull().defaultTo(now))
    .execute();
  await database.schema
    .createIndex('issued_cards_patient')
    .on('issued_cards')
    .column('patient_key')
    .execute();

  await database.schema
    .createTable('feedback')
    .addColumn('id', 'bigint', (column) => column.generatedAlwaysAsIdentity().primaryKey())
    .addColumn('card_uuid', 'text', (column) => column.notNull())
    .addColumn('service_id', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('accepted_suggestions', 'jsonb')
    .addColumn('override_reason', 'jsonb')
    .addColumn('user_comment', 'text')
    .addColumn('outcome_timestamp', 'timestamptz', (column) => column.notNull())
    .addColumn('received_at', 'timestamptz', (column) => column.notNull().defaultTo(now))
    .addColumn('body', 'jsonb', (column) => column.notNull())
    // Clients send feedback again when they are not sure that it came.
    .addUniqueConstraint('feedback_once', [
      'card_uuid',
      'service_id',
      'outcome',
      'outcome_timestamp',
    ])
    .execute();

  await database.schema
    .createTable('dismissals')
    .addColumn('alert_key', 'text', (column) => column.notNull())
    .addColumn('server', 'text', (column) => column.notNull())
    .addColumn('patient_key', 'text', (column) => column.notNull())
    .addColumn('user_key', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('dismissed_at', 'timestamptz', (column) => column.notNull())
    .addColumn('expires_at', 'timestamptz')
    .addPrimaryKeyConstraint('dismissals_once', ['patient_key', 'alert_key', 'user_key'])
    .execute();
}

export async function down(database: Kysely<unknown>): Promise<void> {
  for (const table of ['dismissals', 'feedback', 'issued_cards', 'note_findings']) {
    await database.schema.dropTable(table).execute();
  }
}
