import type { DocumentReference } from 'fhir/r4.js';
import type { FhirClient } from '../fhir/client.ts';
import type { NoteFindings } from '../findings/finding.ts';

/** A note that could not be read: named to the user, never silently dropped. Holds no text of it. */
export interface UnreadableNote {
  readonly reference: string;
  /** What was wrong and what to do, without PHI. */
  readonly reason: string;
}

export interface ChartRequest {
  readonly client: FhirClient;
  readonly patientId: string;
  /** DocumentReferences that a prefetch already brought; absent: searched for. */
  readonly documents?: readonly DocumentReference[];
  /** When to stop waiting: what is not read by then goes on in the background. Absent: read all. */
  readonly budgetMs?: number;
}

export interface ChartFindings {
  readonly notes: readonly NoteFindings[];
  readonly unreadable: readonly UnreadableNote[];
  /** Notes that were still being read when the budget ended. */
  readonly pendingDocuments: number;
  /** Current documents of the patient that were looked at. */
  readonly totalDocuments: number;
}

/** Reads a patient's notes to findings; what was read once (by version) is not read again. */
export interface ChartReader {
  findings(request: ChartRequest): Promise<ChartFindings>;
}
