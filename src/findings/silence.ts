import type { AlertInput, OrderedDrug } from './alert.ts';
import { dismissedTokens, isDismissed, type Weight } from './alert-key.ts';
import type { Finding, ToleranceMention } from './finding.ts';
import { drugKey, eventKey, ingredientCodes } from './identity.ts';
import { knownBy } from './known-reaction.ts';
import { isAfter } from './note-date.ts';
import { matchOf, type OrderMatch } from './order-match.ts';

/** Why a finding is not shown. */
export type SilenceReason =
  | 'negated'
  | 'hypothetical'
  | 'family'
  | 'below-threshold'
  | 'not-ordered'
  | 'class-of-a-drug-with-findings'
  | 'ordered-drug-tolerated'
  | 'recorded'
  | 'tolerated-since'
  | 'taken-since'
  | 'dismissed';

export interface Silence {
  readonly reason: SilenceReason;
  /** For a reader; holds no text of the note. */
  readonly explanation: string;
}

/** Days after which a mere listing among current medications counts: lists are copied forward. */
const LISTED_AFTER_DAYS = 30;

/** What the rules look at, besides the finding. */
export interface Surroundings {
  readonly input: AlertInput;
  readonly dismissed: ReadonlySet<string>;
}

export function surroundingsOf(input: AlertInput): Surroundings {
  return { input, dismissed: dismissedTokens(input.dismissed) };
}

/** An order that a finding speaks against; absent on patient-view. */
export interface Match {
  readonly order: OrderedDrug;
  readonly by: OrderMatch;
}

/** "No rash", "return if rash", "mother had a rash": nothing that happened to this patient. */
export function silentByAssertion({ assertion }: Finding): Silence | undefined {
  switch (assertion) {
    case 'negated':
      return { reason: 'negated', explanation: 'the note says that it did not happen' };
    case 'hypothetical':
      return { reason: 'hypothetical', explanation: 'the note speaks of what may happen' };
    case 'family':
      return { reason: 'family', explanation: 'the note speaks of a relative' };
    default:
      return undefined;
  }
}

/** The model is not sure enough that the note blames the drug. */
export function silentBelowThreshold(
  { confidence }: Finding,
  { input: { threshold } }: Surroundings,
): Silence | undefined {
  if (confidence >= threshold) return undefined;
  return {
    reason: 'below-threshold',
    explanation: `confidence ${confidence.toFixed(2)} is below ${threshold}`,
  };
}

/** The chart says it already: whoever orders sees it there, and the EHR alerts by it. */
export function silentWhenRecorded(
  finding: Finding,
  { input: { known } }: Surroundings,
): Silence | undefined {
  for (const reaction of known) {
    const by = knownBy(finding, reaction);
    if (!by) continue;
    const record =
      reaction.reference ??
      (reaction.kind === 'allergy' ? 'an AllergyIntolerance' : 'an AdverseEvent');
    const how = { ingredient: 'the ingredient', class: 'the class', text: 'the name' }[by];
    const what = reaction.refutedOn === undefined ? 'records it' : 'refutes it';
    return { reason: 'recorded', explanation: `${record} ${what}, by ${how}` };
  }
  return undefined;
}

/** The patient took the drug after the event and it agreed. */
export function silentWhenTolerated(
  finding: Finding,
  { input }: Surroundings,
): Silence | undefined {
  const happenedBy = dateOf(finding, input.findings);
  const since = input.tolerances.filter((mention) => holdsDrugOf(mention, finding));
  if (since.some((mention) => isToleratedSince(mention, finding, happenedBy))) {
    return {
      reason: 'tolerated-since',
      explanation: 'the drug was tolerated after the event',
    };
  }
  const listed = since.some(
    ({ kind, evidence }) =>
      kind === 'taken' && isAfter(evidence.source.date, happenedBy, LISTED_AFTER_DAYS),
  );
  return listed && finding.seriousness.length === 0
    ? {
        reason: 'taken-since',
        explanation: `the drug is among the current medications more than ${LISTED_AFTER_DAYS} days after the event`,
      }
    : undefined;
}

/** A match by class alone needs no line where the ordered drug itself has been taken or spoken of. */
export function silentByClass({ input }: Surroundings, { order, by }: Match): Silence | undefined {
  if (by !== 'class') return undefined;
  const own = input.findings.some((other) => {
    const match = matchOf(other, order);
    return match !== undefined && match !== 'class' && !silentByAssertion(other);
  });
  if (own) {
    return {
      reason: 'class-of-a-drug-with-findings',
      explanation: 'only its class is ordered, and the notes speak of the ordered drug itself',
    };
  }
  const codes = order.ingredients.map(({ code }) => code);
  const tolerated = input.tolerances.some(
    ({ drug }) =>
      drug.link.kind === 'drug' &&
      codes.length > 0 &&
      codes.every((code) => ingredientCodes(drug.link).includes(code)),
  );
  return tolerated
    ? {
        reason: 'ordered-drug-tolerated',
        explanation: 'only its class is ordered, and the ordered drug was tolerated',
      }
    : undefined;
}

/** The same news was answered, by this user or for this patient. */
export function silentWhenDismissed(
  finding: Finding,
  { dismissed }: Surroundings,
  weight: Weight,
): Silence | undefined {
  return isDismissed(finding, weight, dismissed)
    ? { reason: 'dismissed', explanation: 'the same card was answered before' }
    : undefined;
}

/**
 * When the event was known at the latest. A note that looks back ("history of hives with
 * amoxicillin") may be years younger than the event: the oldest note that tells of the same drug and
 * event counts.
 */
function dateOf(finding: Finding, findings: readonly Finding[]): string | undefined {
  const own = finding.evidence.source.date;
  if (finding.assertion !== 'historical') return own;
  let oldest = own;
  for (const other of findings) {
    if (silentByAssertion(other) || other.patientId !== finding.patientId) continue;
    if (drugKey(other.drug) !== drugKey(finding.drug)) continue;
    if (eventKey(other.event) !== eventKey(finding.event)) continue;
    const { date } = other.evidence.source;
    if (isAfter(oldest, date)) oldest = date;
  }
  return oldest;
}

/** The tolerated drug holds all that the note blames: tolerated codeine says nothing of co-codamol. */
function holdsDrugOf({ drug }: ToleranceMention, finding: Finding): boolean {
  const blamed = ingredientCodes(finding.drug.link);
  if (blamed.length === 0) return drugKey(drug) === drugKey(finding.drug);
  const tolerated = ingredientCodes(drug.link);
  return blamed.every((code) => tolerated.includes(code));
}

function isToleratedSince(
  { kind, drug, evidence }: ToleranceMention,
  finding: Finding,
  happenedBy: string | undefined,
): boolean {
  if (kind !== 'tolerated') return false;
  if (isSameNote(evidence.source, finding.evidence.source)) {
    return finding.assertion === 'historical' && drug.start > finding.event.end;
  }
  return isAfter(evidence.source.date, happenedBy);
}

function isSameNote(
  one: Finding['evidence']['source'],
  other: Finding['evidence']['source'],
): boolean {
  return (
    one.server === other.server &&
    one.reference === other.reference &&
    one.versionId === other.versionId
  );
}
