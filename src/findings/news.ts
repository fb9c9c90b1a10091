import type { Coding } from '../coding/coding.ts';
import type { Alert } from './alert.ts';
import { keyOf, tokenOf, type Weight } from './alert-key.ts';
import type { Finding } from './finding.ts';
import { drugDisplay, drugKey, eventKey, ingredientCodes } from './identity.ts';
import { instantsOf } from './note-date.ts';
import { orderedIngredients } from './order-match.ts';
import { type Match, silentByAssertion } from './silence.ts';

/** A finding that is shown, against an order or, on patient-view, on its own. */
export interface News {
  readonly finding: Finding;
  readonly weight: Weight;
  readonly match?: Match;
}

/**
 * One card a drug; by class alone one card an ordered drug, whatever its strength. A class that a note
 * blames ("thiazide-induced") goes with the one drug of it that the notes blame for the same event.
 */
export function groupOf({ finding, match }: News, findings: readonly Finding[]): string {
  if (match?.by === 'class') return `order ${orderedIngredients(match.order)}`;
  const { link } = finding.drug;
  if (link.kind !== 'class') return `drug ${drugKey(finding.drug)}`;
  const members = new Set(
    findings
      .filter(
        (other) =>
          !silentByAssertion(other) &&
          eventKey(other.event) === eventKey(finding.event) &&
          ingredientCodes(other.drug.link).some((code) => link.members.includes(code)),
      )
      .map((other) => drugKey(other.drug)),
  );
  const [member] = members;
  return `drug ${members.size === 1 ? member : drugKey(finding.drug)}`;
}

/** The card's worth of news of one group. */
export function alertOf(news: readonly News[]): Alert {
  const best = [...news].sort((one, other) => bestFirst(one.finding, other.finding));
  const [first] = best;
  if (!first) throw new Error('an alert needs a finding');
  const warning = best.some(({ weight }) => weight === 'warning');
  const order = best.find(({ weight }) => !warning || weight === 'warning')?.match?.order;
  const byClass = first.match?.by === 'class';
  const findings = new Map(best.map(({ finding }) => [finding.id, finding]));
  return {
    key: keyOf(best.map(({ finding, weight }) => tokenOf(finding, weight))),
    indicator: warning ? 'warning' : 'info',
    drugDisplay: drugsOf(best, byClass),
    ingredients: ingredientsOf(best),
    findings: [...findings.values()],
    matchedBy: byClass ? 'class' : first.match ? 'ingredient' : 'patient',
    ...(order && { order }),
  };
}

/** All drugs that a match by class rests on; else the drug itself, where a class stands beside it. */
function drugsOf(news: readonly News[], all: boolean): string {
  const drugs = new Map(news.map(({ finding: { drug } }) => [drugKey(drug), drug]));
  const named = [...drugs.values()];
  if (all) return named.map(drugDisplay).join(', ');
  const drug = named.find(({ link }) => link.kind === 'drug') ?? named[0];
  return drug ? drugDisplay(drug) : '';
}

function ingredientsOf(news: readonly News[]): Coding[] {
  const codings = new Map<string, Coding>();
  for (const { finding } of news) {
    const { link } = finding.drug;
    if (link.kind !== 'drug') continue;
    for (const coding of link.ingredients) codings.set(coding.code, coding);
  }
  return [...codings.values()].sort((one, other) => compare(one.code, other.code));
}

/** What a reader should see first: plainly stated, serious, sure, recent. */
function bestFirst(one: Finding, other: Finding): number {
  return (
    Number(one.assertion === 'possible') - Number(other.assertion === 'possible') ||
    Number(other.seriousness.length > 0) - Number(one.seriousness.length > 0) ||
    other.confidence - one.confidence ||
    writtenAt(other) - writtenAt(one) ||
    byId(one, other)
  );
}

/** Warnings, then what the notes say of the drug itself, then what goes by class; each with its best first. */
export function mostUrgentFirst(one: Alert, other: Alert): number {
  const rank = ({ indicator, matchedBy }: Alert): number =>
    indicator === 'warning' ? 0 : matchedBy === 'class' ? 2 : 1;
  const [first, second] = [one.findings[0], other.findings[0]];
  return (
    rank(one) - rank(other) ||
    (first && second ? bestFirst(first, second) : 0) ||
    compare(one.key, other.key)
  );
}

function writtenAt({ evidence }: Finding): number {
  return instantsOf(evidence.source.date)?.last ?? 0;
}

function byId(one: Finding, other: Finding): number {
  return compare(one.id, other.id);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
