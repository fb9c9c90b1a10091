import type { ReadingKey } from '../../../src/database/findings-store.ts';
import type { NoteFindings } from '../../../src/findings/finding.ts';
import { aFinding, aSource } from '../findings/fixtures.ts';

export const SERVER = 'https://ehr.example/fhir';

export function readingKey(changes: Partial<ReadingKey> = {}): ReadingKey {
  return {
    server: SERVER,
    reference: 'DocumentReference/d1',
    version: '1',
    modelId: 'model-1',
    vocabularyVersion: 'vocabulary-1',
    ...changes,
  };
}

export function noteFindings(changes: Partial<NoteFindings> = {}): NoteFindings {
  return { source: aSource(), findings: [aFinding()], tolerances: [], ...changes };
}
