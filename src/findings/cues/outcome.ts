import type { Outcome } from '../finding.ts';
import { hasCue } from './negated-cue.ts';

/**
 * Words for how an event ended, in the order in which they win: what is worse or surer first. Codes
 * of https://hl7.org/fhir/R4/valueset-adverse-event-outcome.html.
 */
const CUES: readonly (readonly [Outcome, RegExp])[] = [
  [
    'fatal',
    /\bfatal\b|\b(?:led to|leading to|resulted in|resulting in|caus(?:ed|ing)) (?:(?:his|her|the|their) )?death\b|\bdied (?:of|from|because|due to|as a result|secondary)\b|\bpatient (?:died|expired)\b/gi,
  ],
  [
    'resolvedWithSequelae',
    /\bsequelae?\b|\bresidual\b|\bpermanent(?:ly)?\b|\bnever fully (?:recovered|resolved)\b|\bscarring\b/gi,
  ],
  [
    'ongoing',
    /\b(?:not|never|hasn['’]?t|have ?n['’]?t|didn['’]?t|has not|have not|did not|without) (?:yet |fully |completely )?(?:resolv\w*|improv\w*|clear\w*|recover\w*|subsid\w*)|\bunresolved\b|\bongoing\b|\bpersist(?:s|ed|ent|ently|ing)\b|\bcontinues? to (?:have|complain|experience|report)\b|\bworsening\b|\bno improvement\b/gi,
  ],
  [
    'resolved',
    /\bresol(?:ved|ution)\b|\brecovered\b|\bsubsided\b|\babated\b|\bwent away\b|\bcleared\b|\b(?:is|are|was|were|now|almost|all) gone\b|\bdisappeared\b|\bback to (?:normal|baseline)\b|\bnormali[sz]ed\b|\bsettled\b|\breturned to (?:normal|baseline)\b/gi,
  ],
  [
    'recovering',
    /\bimproving\b|\bimproved\b|\bresolving\b|\bfading\b|\bfaded\b|\bsettling\b|\bsubsiding\b|\bgetting better\b|\bis better\b|\brecovering\b/gi,
  ],
];

/** How the passage says that the event ended; absent where it does not say. */
export function outcomeOf(passage: string): Outcome | undefined {
  return CUES.find(([, pattern]) => hasCue(passage, pattern))?.[0];
}
