import { join } from 'node:path';
import { fold } from '../fold.ts';
import { readTable, TableError, type TableRow } from '../tsv.ts';
import type {
  DrugClass,
  DrugClassName,
  DrugConcept,
  DrugName,
  EventName,
  EventTerm,
  Refusal,
} from '../vocabulary.ts';
import type { BuildLog } from './report.ts';
import { byNumber } from './rxnorm-ingredients.ts';

/** Splits a cell of several values; they are separated by semicolons. */
export function listOf(cell: string): string[] {
  return cell
    .split(';')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

/**
 * Reads `drug-synonyms.tsv` of our own lists. A target that the vocabulary does not hold, or whose
 * name is another, is a warning: a list must not hold up a build from another release. A
 * combination that has no concept of its own is named by its ingredients: `161+5489`.
 * @throws TableError for a bad row, and for a text that stands under two targets
 */
export async function readOwnDrugNames(
  directory: string,
  concepts: ReadonlyMap<string, DrugConcept>,
  log: BuildLog,
): Promise<DrugName[]> {
  const rows = await readTable(join(directory, 'drug-synonyms.tsv'), ['rxcui', 'name', 'synonyms']);
  const once = onceOnly();
  return rows.flatMap((row) => {
    const { rxcui, name, synonyms } = row.cells;
    for (const text of listOf(synonyms)) once(text, row);
    const found = rxcui.split('+').map((code) => concepts.get(code)?.name);
    const whole = found.includes(undefined) ? undefined : found.join(' + ');
    if (!targetHolds(whole, rxcui, name, row, log)) return [];
    return listOf(synonyms).map((text) => ({ text, code: rxcui, source: 'own' }));
  });
}

/** Reads `event-synonyms.tsv`; as {@link readOwnDrugNames}. */
export async function readOwnEventNames(
  directory: string,
  terms: ReadonlyMap<string, EventTerm>,
  log: BuildLog,
): Promise<EventName[]> {
  const rows = await readTable(join(directory, 'event-synonyms.tsv'), ['code', 'term', 'synonyms']);
  const once = onceOnly();
  return rows.flatMap((row) => {
    const { code, term, synonyms } = row.cells;
    for (const text of listOf(synonyms)) once(text, row);
    if (!targetHolds(terms.get(code)?.name, code, term, row, log)) return [];
    return listOf(synonyms).map((text) => ({ text, code, source: 'own' }));
  });
}

/** Reads `not-coded.tsv`: texts that look like a term and are deliberately not coded. */
export async function readRefusals(directory: string): Promise<Refusal[]> {
  const rows = await readTable(join(directory, 'not-coded.tsv'), [
    'domain',
    'texts',
    'nearest',
    'why',
  ]);
  return rows.flatMap(({ file, line, cells }) => {
    const { domain, texts, nearest, why } = cells;
    if (domain !== 'drug' && domain !== 'event') {
      throw new TableError(file, line, `domain '${domain}'; drug or event is needed`);
    }
    if (why === '') throw new TableError(file, line, 'the reason (column why) is missing');
    return listOf(texts).map((text) => ({ domain, text, ...(nearest !== '' && { nearest }) }));
  });
}

/**
 * Reads `drug-classes.tsv`: a class, what it is called in notes, the classes of the source that its
 * members come from, further members by name, and members to leave out.
 * @param sourceClasses members (RxCUI) of the classes of the source, by folded name
 */
export async function readOwnClasses(
  directory: string,
  concepts: ReadonlyMap<string, DrugConcept>,
  sourceClasses: ReadonlyMap<string, ReadonlySet<string>>,
  log: BuildLog,
): Promise<{ classes: DrugClass[]; names: DrugClassName[] }> {
  const rows = await readTable(join(directory, 'drug-classes.tsv'), [
    'class',
    'names',
    'from',
    'members',
    'except',
  ]);
  const ingredients = ingredientsByName(concepts);
  const classes: DrugClass[] = [];
  const names: DrugClassName[] = [];
  const once = onceOnly();
  for (const row of rows) {
    const className = row.cells.class;
    const members = new Set<string>();
    for (const from of listOf(row.cells.from)) {
      const group = sourceClasses.get(fold(from));
      if (!group) log.warn(row.file, row.line, `no class '${from}' in the source`);
      for (const member of group ?? []) members.add(member);
    }
    for (const [list, change] of [
      [row.cells.members, (code: string) => members.add(code)],
      [row.cells.except, (code: string) => members.delete(code)],
    ] as const) {
      for (const name of listOf(list)) {
        const code = ingredients.get(fold(name));
        if (code) change(code);
        else log.warn(row.file, row.line, `no ingredient '${name}' in the vocabulary`);
      }
    }
    if (members.size === 0) {
      log.warn(row.file, row.line, `class '${className}' has no members and is left out`);
      continue;
    }
    classes.push({ name: className, members: [...members].sort(byNumber), source: 'own' });
    for (const text of new Set([className, ...listOf(row.cells.names)])) {
      once(text, row);
      names.push({ text, className });
    }
  }
  return { classes, names };
}

/** Where two ingredients carry one name, the one of the current release wins. */
function ingredientsByName(concepts: ReadonlyMap<string, DrugConcept>): Map<string, string> {
  const byName = new Map<string, string>();
  for (const source of ['rxnorm-older', 'rxnorm']) {
    for (const concept of concepts.values()) {
      if (concept.termType === 'IN' && concept.source === source) {
        byName.set(fold(concept.name), concept.code);
      }
    }
  }
  return byName;
}

function targetHolds(
  found: string | undefined,
  code: string,
  name: string,
  row: TableRow<string>,
  log: BuildLog,
): boolean {
  if (found === name) return true;
  log.warn(
    row.file,
    row.line,
    found === undefined
      ? `${code} (${name}) is not in the vocabulary`
      : `${code} is '${found}', not '${name}'`,
  );
  return false;
}

/** Refuses a text that stands twice in one list: which target is meant would be a guess. */
function onceOnly(): (text: string, row: TableRow<string>) => void {
  const seen = new Map<string, number>();
  return (text, row) => {
    const key = fold(text);
    const before = seen.get(key);
    if (before !== undefined) {
      throw new TableError(row.file, row.line, `'${text}' stands already in line ${before}`);
    }
    seen.set(key, row.line);
  };
}
