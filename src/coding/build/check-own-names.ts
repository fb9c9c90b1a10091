import { drugKey } from '../drug-key.ts';
import { eventKey } from '../event-key.ts';
import type { DrugConcept, DrugName, EventName, EventTerm, Refusal } from '../vocabulary.ts';
import type { BuildLog } from './report.ts';

/**
 * Warns of our own event names that the linker would read as two things: a name whose key is the
 * key of another term's name, stands under two terms, or is refused. "Another" means of another
 * preferred term.
 */
export function checkOwnEventNames(
  terms: ReadonlyMap<string, EventTerm>,
  names: readonly EventName[],
  refusals: readonly Refusal[],
  log: BuildLog,
): void {
  const meaning = (code: string): string => terms.get(code)?.ptCode ?? code;
  const taken = new Map<string, { meaning: string; text: string }>();
  for (const term of terms.values()) {
    taken.set(eventKey(term.name), { meaning: meaning(term.code), text: term.name });
  }
  for (const name of names) {
    const key = eventKey(name.text);
    const other = taken.get(key);
    if (other && other.meaning !== meaning(name.code)) {
      log.note(`event name '${name.text}' for ${name.code} reads as '${other.text}' too`);
    }
    if (!other) taken.set(key, { meaning: meaning(name.code), text: name.text });
  }
  for (const { domain, text } of refusals) {
    const other = domain === 'event' ? taken.get(eventKey(text)) : undefined;
    if (other) log.note(`event '${text}' is refused and yet a name: '${other.text}'`);
  }
}

/** Warns of our own drug names that the current release gives to other ingredients, or that are refused. */
export function checkOwnDrugNames(
  concepts: Iterable<DrugConcept>,
  names: readonly DrugName[],
  refusals: readonly Refusal[],
  log: BuildLog,
): void {
  const released = new Map<string, string>();
  for (const { name, source, termType, ingredients } of concepts) {
    if (source === 'rxnorm' && ['IN', 'PIN', 'MIN', 'BN'].includes(termType)) {
      released.set(drugKey(name), ingredients.join('+'));
    }
  }
  const refused = new Set(refusals.filter((r) => r.domain === 'drug').map((r) => drugKey(r.text)));
  const byCode = new Map([...concepts].map((concept) => [concept.code, concept]));
  for (const { text, code } of names) {
    const key = drugKey(text);
    const own = code.split('+').flatMap((part) => byCode.get(part)?.ingredients ?? []);
    const other = released.get(key);
    if (other !== undefined && other !== own.sort((a, b) => Number(a) - Number(b)).join('+')) {
      log.note(`drug name '${text}' for ${code} is another drug's name in the release`);
    }
    if (refused.has(key)) log.note(`drug name '${text}' for ${code} is refused`);
  }
}
