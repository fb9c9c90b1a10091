import type { Linker } from './coding.ts';
import { parseTable } from './tsv.ts';

/** One labelled mention: what it should be coded as. */
export interface LabelledMention {
  readonly text: string;
  /** Codes that count as right: RxCUIs of ingredients, or one preferred term. */
  readonly expected: ReadonlySet<string>;
  /** Whether the loaded vocabulary holds the expected term at all. */
  readonly reachable: boolean;
  /** The mention is the term itself, letter by letter. */
  readonly exact: boolean;
}

export interface Disagreement {
  readonly text: string;
  readonly expected: string;
  readonly linked: string;
  readonly method: string;
  readonly score: number;
}

/** What became of a set of mentions. Shares are of distinct mentions, not of how often each occurs. */
export interface CodingScores {
  readonly mentions: number;
  /** Mentions whose term the vocabulary holds. */
  readonly reachable: number;
  /** Reachable and coded, rightly or wrongly. */
  readonly coded: number;
  /** Reachable and coded rightly. */
  readonly right: number;
  /** Not reachable and coded all the same: always wrong at the level that is measured. */
  readonly unreachableCoded: number;
  readonly disagreements: readonly Disagreement[];
}

/** Right among the reachable ones that were coded. */
export function precision({ coded, right }: CodingScores): number {
  return coded === 0 ? 0 : right / coded;
}

/** Right among all that are reachable; abstentions count as wrong. */
export function accuracy({ reachable, right }: CodingScores): number {
  return reachable === 0 ? 0 : right / reachable;
}

/** Coded among all that are reachable. */
export function coverage({ reachable, coded }: CodingScores): number {
  return reachable === 0 ? 0 : coded / reachable;
}

/** Right among everything that was coded, the unreachable mentions included. */
export function overallPrecision({ coded, right, unreachableCoded }: CodingScores): number {
  return coded + unreachableCoded === 0 ? 0 : right / (coded + unreachableCoded);
}

/**
 * Reads labelled drug mentions: columns mention, rxcui, exact. Mentions with several labels accept
 * any of them.
 * @throws TableError for a bad row
 */
export function readDrugMentions(text: string, file: string, linker: Linker): LabelledMention[] {
  const rows = parseTable(text, file, ['mention', 'rxcui', 'exact']);
  return grouped(
    rows.map(({ cells }) => ({
      text: cells.mention,
      codes: linker
        .ingredientsOf({
          codings: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: cells.rxcui }],
        })
        .map((coding) => coding.code),
      exact: cells.exact === '1',
    })),
  );
}

/**
 * Reads labelled event mentions: columns mention, pt_code, llt_code, exact_match_gold_llt_or_pt.
 * @param codes of the terms that the vocabulary holds and of their preferred terms: a label outside
 *   them is not reachable
 * @throws TableError for a bad row
 */
export function readEventMentions(
  text: string,
  file: string,
  codes: ReadonlySet<string>,
): LabelledMention[] {
  const rows = parseTable(text, file, [
    'mention',
    'pt_code',
    'llt_code',
    'exact_match_gold_llt_or_pt',
  ]);
  return grouped(
    rows.map(({ cells }) => ({
      text: cells.mention,
      codes: [cells.pt_code, cells.llt_code].filter((code) => codes.has(code)),
      exact: cells.exact_match_gold_llt_or_pt === '1',
    })),
  );
}

function grouped(
  rows: readonly { text: string; codes: readonly string[]; exact: boolean }[],
): LabelledMention[] {
  const byText = new Map<string, { expected: Set<string>; exact: boolean }>();
  for (const { text, codes, exact } of rows) {
    const known = byText.get(text) ?? { expected: new Set<string>(), exact };
    for (const code of codes) known.expected.add(code);
    byText.set(text, known);
  }
  return [...byText].map(([text, { expected, exact }]) => ({
    text,
    expected,
    reachable: expected.size > 0,
    exact,
  }));
}

/** Measures drug links at the level of ingredients; a class is an abstention from a drug. */
export function scoreDrugs(linker: Linker, mentions: readonly LabelledMention[]): CodingScores {
  return score(mentions, (text) => {
    const link = linker.linkDrug(text);
    if (link.kind !== 'drug') return undefined;
    return {
      agrees: (expected) => link.ingredients.every(({ code }) => expected.has(code)),
      label: `${link.concept.display} (${link.matchedTerm})`,
      method: link.method,
      score: link.score,
    };
  });
}

/**
 * Measures event links at the level of preferred terms; where the vocabulary does not know the
 * preferred term of a lowest level term, that term itself is compared.
 */
export function scoreEvents(linker: Linker, mentions: readonly LabelledMention[]): CodingScores {
  return score(mentions, (text) => {
    const link = linker.linkEvent(text);
    if (link.kind !== 'event') return undefined;
    return {
      agrees: (expected) =>
        expected.has(link.preferredTermCode ?? '') || expected.has(link.concept.code),
      label: `${link.concept.display} (${link.matchedTerm})`,
      method: link.method,
      score: link.score,
    };
  });
}

interface Coded {
  agrees(expected: ReadonlySet<string>): boolean;
  readonly label: string;
  readonly method: string;
  readonly score: number;
}

function score(
  mentions: readonly LabelledMention[],
  code: (text: string) => Coded | undefined,
): CodingScores {
  const counts = { reachable: 0, coded: 0, right: 0, unreachableCoded: 0 };
  const disagreements: Disagreement[] = [];
  for (const { text, expected, reachable } of mentions) {
    if (reachable) counts.reachable++;
    const coded = code(text);
    if (!coded) continue;
    const right = coded.agrees(expected);
    if (!reachable) counts.unreachableCoded++;
    else {
      counts.coded++;
      if (right) counts.right++;
    }
    if (!right) {
      disagreements.push({
        text,
        expected: [...expected].join(' ') || '(not in the vocabulary)',
        linked: coded.label,
        method: coded.method,
        score: coded.score,
      });
    }
  }
  return { mentions: mentions.length, ...counts, disagreements };
}
