import type { Alert, AlertInput, OrderedDrug } from './alert.ts';
import type { Weight } from './alert-key.ts';
import type { Finding } from './finding.ts';
import { alertOf, groupOf, mostUrgentFirst, type News } from './news.ts';
import { matchOf, type OrderMatch, orderedIngredients } from './order-match.ts';
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

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
