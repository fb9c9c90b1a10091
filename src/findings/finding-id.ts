import { createHash } from 'node:crypto';
import type { DrugLink, EventLink } from '../coding/coding.ts';
import type { NoteSource } from '../notes/note.ts';
import type { Mention } from './finding.ts';
import { drugKey, eventKey } from './identity.ts';

/** Hexadecimal digits of a SHA-256: 128 bits, fit for a FHIR id. */
const DIGITS = 32;

/**
 * Deterministic in the note's version, the two spans and their codes. Only a hash leaves: neither
 * words of the note nor ids can be read from it.
 */
export function findingId(
  source: NoteSource,
  drug: Mention<DrugLink>,
  event: Mention<EventLink>,
): string {
  return digestOf([
    source.server,
    source.reference,
    source.versionId ?? null,
    [drug.start, drug.end, drugKey(drug)],
    [event.start, event.end, eventKey(event)],
  ]).slice(0, DIGITS);
}

/** SHA-256 of a value's JSON, hexadecimal. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
