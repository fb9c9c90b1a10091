import type { OrderedDrug } from './alert.ts';
import type { Finding } from './finding.ts';
import { ingredientCodes, normaliseText } from './identity.ts';
import { PURPOSE_GROUPS } from './purpose-groups.ts';

/** How an order has to do with a finding's drug, from closest to loosest. */
export type OrderMatch = 'very-ingredients' | 'some-ingredients' | 'name' | 'class';

/**
 * - `very-ingredients`: all ingredients that the note blames are ordered
 * - `some-ingredients`: some of a combination are, so that the culprit may be another
 * - `name`: neither has a code, and the order's text holds the note's words
 * - `class`: the note blames a class that the ordered drug is of, or a drug of the same class
 */
export function matchOf(finding: Finding, order: OrderedDrug): OrderMatch | undefined {
  const { link, text } = finding.drug;
  const ordered = new Set(order.ingredients.map(({ code }) => code));
  if (link.kind === 'uncoded') {
    return ordered.size === 0 && holdsWords(order.text, text) ? 'name' : undefined;
  }
  if (link.kind === 'class') {
    const known = !PURPOSE_GROUPS.has(link.className);
    return known && link.members.some((member) => ordered.has(member)) ? 'class' : undefined;
  }
  const blamed = ingredientCodes(link);
  const shared = blamed.filter((code) => ordered.has(code)).length;
  if (shared > 0) return shared === blamed.length ? 'very-ingredients' : 'some-ingredients';
  return sharesClass(finding.drugClasses, order.classes) ? 'class' : undefined;
}

/** The same for orders of the same drug, whatever their strength and form. */
export function orderedIngredients({ ingredients }: OrderedDrug): string {
  return [...new Set(ingredients.map(({ code }) => code))].sort().join('+');
}

/** Whether the words of `part` stand next to each other in `text`, punctuation and case left aside. */
export function holdsWords(text: string, part: string): boolean {
  const words = normaliseText(part);
  return words !== '' && ` ${normaliseText(text)} `.includes(` ${words} `);
}

function sharesClass(one: readonly string[] = [], other: readonly string[] = []): boolean {
  return one.some((name) => !PURPOSE_GROUPS.has(name) && other.includes(name));
}
