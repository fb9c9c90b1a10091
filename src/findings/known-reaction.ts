import type { KnownReaction } from './alert.ts';
import type { Finding } from './finding.ts';
import { drugDisplay, ingredientCodes, normaliseText } from './identity.ts';
import { instantsOf } from './note-date.ts';

/** How a recorded reaction is about the same drug as a finding. */
export type KnownBy = 'ingredient' | 'class' | 'text';

/**
 * Whether the chart's record is about the drug that the note blames:
 * - `ingredient`: they share one. Of a combination one is enough, since the record says which.
 * - `class`: the recorded class holds the drug ("penicillins" answers amoxicillin), or the note
 *   speaks of a class and the record of one of its members.
 * - `text`: the same words, where one of the two has no code.
 */
export function knownBy(finding: Finding, known: KnownReaction): KnownBy | undefined {
  if (known.refutedOn !== undefined && !isAnswered(finding, known.refutedOn)) return undefined;
  const { link } = finding.drug;
  const recorded = new Set(known.ingredients.map(({ code }) => code));
  const blamed = ingredientCodes(link);
  if (blamed.some((code) => recorded.has(code))) return 'ingredient';
  const members = new Set(known.classMembers ?? []);
  const classes = link.kind === 'class' ? [link.className] : (finding.drugClasses ?? []);
  if (classes.some((name) => known.classes.includes(name))) return 'class';
  if (blamed.some((code) => members.has(code))) return 'class';
  if (link.kind === 'class' && link.members.some((code) => recorded.has(code))) return 'class';
  if (recorded.size > 0 && link.kind === 'drug') return undefined;
  const substance = normaliseText(known.substanceText);
  const names = [finding.drug.text, drugDisplay(finding.drug)].map(normaliseText);
  return substance !== '' && names.includes(substance) ? 'text' : undefined;
}

/** Written before the end of the day on which the reaction was refuted. */
function isAnswered(finding: Finding, refutedOn: string): boolean {
  const note = instantsOf(finding.evidence.source.date);
  const decision = instantsOf(refutedOn.slice(0, 10));
  return !!note && !!decision && note.last <= decision.last;
}
