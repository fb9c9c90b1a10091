import type { DrugLink, EventLink } from '../coding/coding.ts';
import type { Mention } from './finding.ts';

/** Words alone: lower case, no accents, no punctuation, single spaces. */
export function normaliseText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** The same for mentions of the same drug: by its set of ingredients, else by its words. */
export function drugKey({ text, link }: Pick<Mention<DrugLink>, 'text' | 'link'>): string {
  switch (link.kind) {
    case 'drug':
      return `rxnorm ${ingredientCodes(link).sort().join('+')}`;
    case 'class':
      return `class ${link.className}`;
    case 'uncoded':
      return `text ${normaliseText(text)}`;
  }
}

/** The same for mentions of the same event: by its preferred term, else by its words. */
export function eventKey({ text, link }: Pick<Mention<EventLink>, 'text' | 'link'>): string {
  if (link.kind === 'uncoded') return `text ${normaliseText(text)}`;
  return `meddra ${link.preferredTermCode ?? link.preferredTerm?.code ?? link.concept.code}`;
}

/** RxCUIs of the ingredients; none for a class or an uncoded mention. */
export function ingredientCodes(link: DrugLink): string[] {
  return link.kind === 'drug' ? [...new Set(link.ingredients.map(({ code }) => code))] : [];
}

/** A drug's name for a reader: its ingredients, its class, or the note's own words. */
export function drugDisplay({ text, link }: Pick<Mention<DrugLink>, 'text' | 'link'>): string {
  if (link.kind === 'class') return link.className;
  if (link.kind === 'uncoded') return text.trim();
  const names = new Map(link.ingredients.map(({ code, display }) => [code, display]));
  return [...names.values()].sort().join(' / ');
}
