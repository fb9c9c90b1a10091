import type { OverrideReason } from '../src/cds-hooks/coding.ts';

/** Code system of why a card of Vigilnote was overridden. Only names it: nothing is served there. */
export const OVERRIDE_REASON_SYSTEM = 'https://vigilnote.org/fhir/CodeSystem/override-reason';

/** https://cds-hooks.hl7.org/2.0/#reasons-for-rejecting-a-card */
export const OVERRIDE_REASONS: readonly OverrideReason[] = [
  ['tolerated-since', 'The patient has tolerated this drug since'],
  ['already-known', 'Already known and taken into account'],
  ['wrong-patient-or-negated', 'Not this patient, or the note does not say so'],
  ['benefit-outweighs-risk', 'The benefit outweighs the risk'],
].map(([code = '', display = '']) => ({ code, display, system: OVERRIDE_REASON_SYSTEM }));
