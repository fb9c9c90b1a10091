import type { NoteLayout, TextSpan } from '../../notes/note.ts';
import { ASSERTIONS, type Assertion } from '../extraction.ts';
import { assertionOf } from './assertion.ts';

/** One event with the assertion that a reader gave it. */
export interface LabelledEvent {
  readonly span: TextSpan;
  readonly drugs: readonly TextSpan[];
  readonly assertion: Assertion;
}

export interface LabelledNote {
  readonly text: string;
  readonly layout: NoteLayout;
  readonly events: readonly LabelledEvent[];
}

export interface ValueScore {
  readonly value: string;
  /** How many there are of it by the reader. */
  readonly support: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface AssertionScores {
  readonly events: number;
  readonly accuracy: number;
  /** Mean F1 of the values that occur. */
  readonly macroF1: number;
  readonly values: readonly ValueScore[];
}

/** Scores the rules on notes whose events are known, so that nothing but the assertion is measured. */
export function scoreAssertions(notes: Iterable<LabelledNote>): AssertionScores {
  return scorePairs(pairsOf(notes), ASSERTIONS);
}

/**
 * As {@link scoreAssertions} for texts that are about no patient (drug labels): an event is denied,
 * feared, or said to occur, and when or in whom has no meaning.
 */
export function scoreStatements(notes: Iterable<LabelledNote>): AssertionScores {
  const statement = (value: Assertion): string =>
    value === 'negated' || value === 'hypothetical' ? value : 'affirmed';
  return scorePairs(
    pairsOf(notes).map(([expected, given]) => [statement(expected), statement(given)]),
    ['affirmed', 'negated', 'hypothetical'],
  );
}

function pairsOf(notes: Iterable<LabelledNote>): [expected: Assertion, given: Assertion][] {
  const pairs: [Assertion, Assertion][] = [];
  for (const { text, layout, events } of notes) {
    for (const { span, drugs, assertion } of events) {
      pairs.push([assertion, assertionOf(text, layout, span, drugs).assertion]);
    }
  }
  return pairs;
}

/** A sentence, a concept in it, and whether it is negated: the NegEx test set. */
export interface NegexSentence {
  readonly sentence: string;
  readonly concept: TextSpan;
  readonly negated: boolean;
}

/** Negated against all else, as NegEx is scored in the literature. */
export function scoreNegex(sentences: readonly NegexSentence[]): AssertionScores {
  return scorePairs(
    sentences.map(({ sentence, concept, negated }) => {
      const layout = { sections: [], sentences: [{ start: 0, end: sentence.length }] };
      const given = assertionOf(sentence, layout, concept).assertion === 'negated';
      return [negated ? 'negated' : 'affirmed', given ? 'negated' : 'affirmed'];
    }),
    ['negated', 'affirmed'],
  );
}

function scorePairs(
  pairs: readonly (readonly [expected: string, given: string])[],
  order: readonly string[],
): AssertionScores {
  const values = order.flatMap((value): ValueScore[] => {
    const support = pairs.filter(([expected]) => expected === value).length;
    const given = pairs.filter(([, other]) => other === value).length;
    if (support === 0 && given === 0) return [];
    const right = pairs.filter(([expected, other]) => expected === value && other === value).length;
    return [
      {
        value,
        support,
        precision: given === 0 ? 0 : right / given,
        recall: support === 0 ? 0 : right / support,
        f1: (2 * right) / (given + support),
      },
    ];
  });
  const occurring = values.filter(({ support }) => support > 0);
  return {
    events: pairs.length,
    accuracy: pairs.filter(([expected, given]) => expected === given).length / pairs.length,
    macroF1: occurring.reduce((sum, { f1 }) => sum + f1, 0) / occurring.length,
    values,
  };
}
