import type { Coding } from '../coding/coding.ts';
import type { Alert, AlertInput, OrderedDrug } from './alert.ts';
import { keyOf, tokenOf, type Weight } from './alert-key.ts';
import type { Finding } from './finding.ts';
import { drugDisplay, drugKey, eventKey, ingredientCodes } from './identity.ts';
import { instantsOf } from './note-date.ts';
import { matchOf, type OrderMatch } from './order-match.ts';
import {
  type Match,
  type Silence,
  type Surroundings,
  silentBelowThreshold,
  silentByAssertion,
  silentByClass,
  silentWhenDismissed,
  silentWhenRecorded,
  silentWhenTolerated,
  surroundingsOf,
} from './silence.ts';

/** A finding that is not shown, and why. */
export interface SilencedFinding extends Silence {
  readonly finding: Finding;
}

/**
 * Which findings are worth a card, by the policy of README.md. Pure, and the order of its input does
 * not matter. Most urgent first: warnings, then what is serious, then by confidence.
 */
export function decideAlerts(input: AlertInput): Alert[] {
  const groups = new Map<string, News[]>();
  for (const judged of judgeAll(input)) {
    for (const news of judged.news) {
      const key = groupOf(news, input.findings);
      groups.set(key, [...(groups.get(key) ?? []), news]);
    }
  }
  return [...groups.values()].map(alertOf).sort(mostUrgentFirst);
}

/** Why each finding that no alert shows is silent: its first rule that applies. Sorted by id. */
export function explainSilence(input: AlertInput): SilencedFinding[] {
  return judgeAll(input).flatMap(({ finding, news, silence }) =>
    news.length === 0 && silence ? [{ finding, ...silence }] : [],
  );
}

/** A finding that is shown, against an order or on its own. */
interface News {
  readonly finding: Finding;
  readonly weight: Weight;
  readonly match?: Match;
}

interface Judged {
  readonly finding: Finding;
  readonly news: readonly News[];
  /** Why it is not shown, where it is not. */
  readonly silence?: Silence;
}

function judgeAll(input: AlertInput): Judged[] {
  const surroundings = surroundingsOf(input);
  const findings = new Map(input.findings.map((finding) => [finding.id, finding]));
  return [...findings.values()].sort(byId).map((finding) => judge(finding, surroundings));
}

function judge(finding: Finding, surroundings: Surroundings): Judged {
  const matches = matchesOf(finding, surroundings.input.orders);
  const silence =
    silentByAssertion(finding) ??
    silentBelowThreshold(finding, surroundings) ??
    (matches.length === 0
      ? ({
          reason: 'not-ordered',
          explanation: 'nothing that is ordered has to do with it',
        } as const)
      : undefined) ??
    silentWhenRecorded(finding, surroundings) ??
    silentWhenTolerated(finding, surroundings);
  if (silence) return { finding, news: [], silence };
  const judged = matches.map((match) => judgeMatch(finding, surroundings, match));
  const reason = judged.find((one): one is Silence => 'reason' in one);
  return {
    finding,
    news: judged.filter((one): one is News => 'weight' in one),
    ...(reason && { silence: reason }),
  };
}

function judgeMatch(
  finding: Finding,
  surroundings: Surroundings,
  match: Match | 'patient',
): News | Silence {
  const weight = weightOf(finding, match);
  return (
    (match === 'patient' ? undefined : silentByClass(surroundings, match)) ??
    silentWhenDismissed(finding, surroundings, weight) ?? {
      finding,
      weight,
      ...(match !== 'patient' && { match }),
    }
  );
}

/** `warning` only when the very ingredients are ordered, the event is serious and plainly stated. */
function weightOf({ assertion, seriousness }: Finding, match: Match | 'patient'): Weight {
  if (match === 'patient') return 'info';
  if (match.by === 'class') return `class ${orderedIngredients(match.order)}`;
  const grave = seriousness.length > 0 && assertion !== 'possible';
  return match.by === 'very-ingredients' && grave ? 'warning' : 'info';
}

const CLOSENESS: readonly OrderMatch[] = ['very-ingredients', 'some-ingredients', 'name', 'class'];

/**
 * The orders that a finding is held against: the closest one by ingredient or name; where it is the
 * class alone, every order of that class. On patient-view, the patient.
 */
function matchesOf(
  finding: Finding,
  orders: readonly OrderedDrug[] | undefined,
): (Match | 'patient')[] {
  if (!orders) return ['patient'];
  const matches: Match[] = [];
  for (const order of [...orders].sort(byOrder)) {
    const by = matchOf(finding, order);
    if (by) matches.push({ order, by });
  }
  matches.sort((one, other) => CLOSENESS.indexOf(one.by) - CLOSENESS.indexOf(other.by));
  return matches[0] && matches[0].by !== 'class' ? [matches[0]] : matches;
}

/**
 * One card a drug; by class alone one card an ordered drug, whatever its strength. A class that a note
 * blames ("thiazide-induced") goes with the one drug of it that the notes blame for the same event.
 */
function groupOf({ finding, match }: News, findings: readonly Finding[]): string {
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

function alertOf(news: readonly News[]): Alert {
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

function mostUrgentFirst(one: Alert, other: Alert): number {
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

function byOrder(one: OrderedDrug, other: OrderedDrug): number {
  return compare(orderKey(one), orderKey(other));
}

function orderKey(order: OrderedDrug): string {
  const { text, resourceType = '', resourceId = '' } = order;
  return JSON.stringify([orderedIngredients(order), text, resourceType, resourceId]);
}

function orderedIngredients({ ingredients }: OrderedDrug): string {
  return [...new Set(ingredients.map(({ code }) => code))].sort().join('+');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
