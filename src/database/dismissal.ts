/** What a user did with a card, as far as it decides about the next one. */
export interface Answer {
  readonly outcome: 'accepted' | 'overridden';
  /** Code of the chosen override reason. */
  readonly reasonCode?: string;
  /** What the accepted suggestions do. */
  readonly acceptedActions: readonly ('create' | 'delete')[];
}

export interface Dismissal {
  /** Whom the same news is silent for from now on. */
  readonly scope: 'user' | 'patient';
  readonly reason: string;
  /** How long; absent: for good. */
  readonly forMs?: number;
}

/** Override reasons that say something of the patient, not of this one order. */
const ABOUT_THE_PATIENT: ReadonlySet<string> = new Set([
  'tolerated-since',
  'already-known',
  'wrong-patient-or-negated',
]);

/** By then the EHR has recorded what was accepted, and the record itself keeps the card away. */
const UNTIL_RECORDED_MS = 24 * 60 * 60 * 1000;

/**
 * What an answer silences:
 * - an override for a reason about the patient: for everybody
 * - any other override (the benefit outweighs the risk, words of one's own, no reason): for this user
 * - an accepted record of the reaction: for this user, until the record is there
 * - an accepted deletion of the order alone: nothing, since the drug may be ordered again
 */
export function dismissalOf({
  outcome,
  reasonCode,
  acceptedActions,
}: Answer): Dismissal | undefined {
  if (outcome === 'overridden') {
    return reasonCode !== undefined && ABOUT_THE_PATIENT.has(reasonCode)
      ? { scope: 'patient', reason: reasonCode }
      : { scope: 'user', reason: reasonCode ?? 'overridden' };
  }
  return acceptedActions.includes('create')
    ? { scope: 'user', reason: 'accepted', forMs: UNTIL_RECORDED_MS }
    : undefined;
}
