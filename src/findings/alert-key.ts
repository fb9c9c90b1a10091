import type { Finding } from './finding.ts';
import { digestOf } from './finding-id.ts';
import { drugKey, eventKey } from './identity.ts';

/**
 * How weighty a piece of news is: what was dismissed lightly is shown once more when it weighs more.
 * By class alone it is news about the drug that is ordered: `class 733` for its ingredients.
 */
export type Weight = 'info' | 'warning' | `class ${string}`;

/** Hexadecimal digits a token: enough that two of one patient's do not meet. */
const DIGITS = 16;
const SEPARATOR = '.';

/** A token for one piece of news: this patient, drug and event, at this weight. */
export function tokenOf(finding: Finding, weight: Weight): string {
  return digestOf([
    finding.patientId,
    drugKey(finding.drug),
    eventKey(finding.event),
    weight,
  ]).slice(0, DIGITS);
}

/** The key of an alert: the tokens of its findings, each once, in an order of their own. */
export function keyOf(tokens: readonly string[]): string {
  return [...new Set(tokens)].sort().join(SEPARATOR);
}

/** The tokens that dismissed alerts were about. */
export function dismissedTokens(keys: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...keys].flatMap((key) => key.split(SEPARATOR)));
}

/**
 * Whether news was dismissed at this weight or a higher one. Closing an `info` card when the chart
 * is opened does not silence the warning when the drug is ordered.
 */
export function isDismissed(
  finding: Finding,
  weight: Weight,
  dismissed: ReadonlySet<string>,
): boolean {
  const atLeast: readonly Weight[] = weight === 'info' ? ['info', 'warning'] : [weight];
  return atLeast.some((one) => dismissed.has(tokenOf(finding, one)));
}
