import type { EventLink } from '../src/coding/coding.ts';

/**
 * Words of reactions that are taken for hypersensitivity, as in the narrow part of the SMQ
 * "Hypersensitivity" and in the SMQs for anaphylaxis, angioedema and severe cutaneous reactions
 * (https://www.meddra.org/standardised-meddra-queries). Intolerance of another kind (nausea, cough,
 * bleeding) is an AdverseEvent.
 */
const ALLERGIC = new RegExp(
  [
    'anaphyla',
    'angio-?(?:o)?edema',
    'allerg',
    'hypersensitiv',
    '\\brash(?:es)?\\b',
    '\\bexanthem',
    'urticari',
    '\\bhives?\\b',
    'prurit',
    '\\bitch',
    'wheals?\\b',
    'bronchospasm',
    '(?:laryn\\w+|throat|lip|tongue|facial|face|eyelid|periorbital)\\b.{0,12}\\b(?:swelling|o?edema)',
    '(?:swelling|swollen)\\b.{0,16}\\b(?:throat|lips?|tongue|face|eyes?|eyelids?)',
    'stevens.johnson',
    'epidermal necrolysis',
    'erythema multiforme',
    '\\bdress\\b',
    'drug reaction with eosinophilia',
    'serum sickness',
    '\\bdermatitis\\b',
    'drug eruption',
    'exanthematous pustulosis',
    'red man syndrome',
    'infusion related reaction',
  ].join('|'),
  'i',
);

/**
 * Whether a reaction belongs in AllergyIntolerance
 * (https://hl7.org/fhir/R4/allergyintolerance.html#bnc): by its MedDRA terms, and by the words of
 * the note where it has no code.
 */
export function isAllergicReaction(event: {
  readonly text: string;
  readonly link: EventLink;
}): boolean {
  const { link } = event;
  if (link.kind === 'uncoded') return ALLERGIC.test(event.text);
  return ALLERGIC.test(link.concept.display) || ALLERGIC.test(link.preferredTerm?.display ?? '');
}
