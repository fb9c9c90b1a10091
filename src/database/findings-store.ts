import { type Kysely, sql } from 'kysely';
import type { NoteFindings } from '../findings/finding.ts';
import { patientKey, sha256Of } from './keys.ts';
import type { Schema } from './schema.ts';

/** What a reading is kept under: another version, model or vocabulary is another reading. */
export interface ReadingKey {
  /** Base URL of the FHIR server. */
  readonly server: string;
  /** `DocumentReference/<id>`. */
  readonly reference: string;
  /** Of the document, with what stands for its content; see src/chart/document-version.ts. */
  readonly version: string;
  readonly modelId: string;
  readonly vocabularyVersion: string;
}

/** What was read in one version of a note, or why that version can never be read. */
export type Reading =
  | { readonly state: 'read'; readonly findings: NoteFindings }
  | { readonly state: 'unreadable'; readonly reason: string };

/** Readings of notes, so that a hook call looks up instead of reading. */
export interface FindingsStore {
  /** The readings that are there, in the place of their key; undefined where there is none. */
  find(keys: readonly ReadingKey[]): Promise<(Reading | undefined)[]>;
  /** Keeps a reading; a newer one for the same key takes its place. */
  keep(key: ReadingKey, patientId: string, reading: Reading): Promise<void>;
  /** Deletes all readings of a patient. @returns how many there were */
  erasePatient(server: string, patientId: string): Promise<number>;
}

/** Keys asked for in one statement: PostgreSQL takes up to 65,535 parameters. */
const KEYS_AT_ONCE = 1000;

/** Readings in the table `note_findings`. */
export function createFindingsStore(database: Kysely<Schema>): FindingsStore {
  return {
    async find(keys) {
      const hashes = keys.map(hashOf);
      const found = new Map<string, Reading>();
      for (let from = 0; from < hashes.length; from += KEYS_AT_ONCE) {
        const rows = await database
          .selectFrom('note_findings')
          .select(['key', 'findings', 'unreadable'])
          .where('key', 'in', hashes.slice(from, from + KEYS_AT_ONCE))
          .execute();
        for (const { key, findings, unreadable } of rows) {
          found.set(
            key,
            unreadable === null
              ? { state: 'read', findings: findings as NoteFindings }
              : { state: 'unreadable', reason: unreadable },
          );
        }
      }
      return hashes.map((hash) => found.get(hash));
    },

    async keep(key, patientId, reading) {
      const content = {
        findings: reading.state === 'read' ? jsonb(reading.findings) : null,
        unreadable: reading.state === 'unreadable' ? reading.reason : null,
      };
      await database
        .insertInto('note_findings')
        .values({
          key: hashOf(key),
          server: key.server,
          reference: key.reference,
          version: key.version,
          model_id: key.modelId,
          vocabulary_version: key.vocabularyVersion,
          patient_key: patientKey(key.server, patientId),
          ...content,
        })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet({ ...content, stored_at: sql<Date>`now()` }),
        )
        .execute();
    },

    async erasePatient(server, patientId) {
      const { numDeletedRows } = await database
        .deleteFrom('note_findings')
        .where('patient_key', '=', patientKey(server, patientId))
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

function hashOf(key: ReadingKey): string {
  const { server, reference, version, modelId, vocabularyVersion } = key;
  return sha256Of('reading', server, reference, version, modelId, vocabularyVersion);
}

/** PostgreSQL's jsonb holds no U+0000; a note that carries one must not fail for it. */
export function jsonb(value: unknown) {
  const json = JSON.stringify(value, (_key, part) =>
    typeof part === 'string' ? part.replaceAll('\u0000', '\uFFFD').toWellFormed() : part,
  );
  return sql<string>`cast(${json} as jsonb)`;
}
