import { join } from 'node:path';
import { fold } from '../fold.ts';
import { readTable } from '../tsv.ts';
import type {
  DrugClass,
  DrugClassName,
  DrugConcept,
  DrugName,
  EventName,
  Vocabulary,
} from '../vocabulary.ts';
import { checkOwnDrugNames, checkOwnEventNames } from './check-own-names.ts';
import { joinOlderIngredients, readDrugConcepts, readDrugNames } from './drug-tables.ts';
import { readEventNames, readEventTerms } from './event-tables.ts';
import { readOwnClasses, readOwnDrugNames, readOwnEventNames, readRefusals } from './own-lists.ts';
import { BuildLog, type BuildReport } from './report.ts';
import { byNumber } from './rxnorm-ingredients.ts';
import { STARTER_SOURCES } from './sources.ts';

/**
 * Compiles the starter vocabulary from the tables in `directory` and our own lists in `own`. Only
 * rows that may be published are kept; the report says what was left out.
 *
 * Licensed releases (RxNorm RRF, MedDRA ASCII, Athena) will be further readers that fill the same
 * {@link Vocabulary}; everything after it stays.
 * @throws TableError naming file and line for a row that cannot be read
 */
export async function buildVocabulary(
  directory: string,
  own: string,
): Promise<{ vocabulary: Vocabulary; report: BuildReport }> {
  const log = new BuildLog();
  const drugs = await readDrugConcepts(directory, log);
  const conceptByCode = new Map(drugs.map((concept) => [concept.code, concept]));
  const events = await readEventTerms(directory, log);
  const termByCode = new Map(events.map((term) => [term.code, term]));

  const refusals = await readRefusals(own);
  const ownDrugNames = await readOwnDrugNames(own, conceptByCode, log);
  const ownEventNames = await readOwnEventNames(own, termByCode, log);
  checkOwnDrugNames(drugs, ownDrugNames, refusals, log);
  checkOwnEventNames(termByCode, ownEventNames, refusals, log);

  // Our own names first: where another source has the same, ours is the one that is kept.
  const drugNames = [...ownDrugNames, ...(await readDrugNames(directory, conceptByCode, log))];
  const eventNames = [...ownEventNames, ...(await readEventNames(directory, termByCode, log))];
  const namesOfDrugs = new Set(
    [...drugs.map((d) => d.name), ...drugNames.map((d) => d.text)].map(fold),
  );
  const { classes, classNames } = await readClasses(
    directory,
    own,
    conceptByCode,
    namesOfDrugs,
    log,
  );

  return {
    vocabulary: {
      sources: Object.values(STARTER_SOURCES),
      drugs: joinOlderIngredients(drugs, drugNames),
      drugNames: sortNames(drugNames, (text, code) => conceptByCode.get(code)?.name === text),
      drugClasses: classes,
      drugClassNames: classNames,
      events,
      eventNames: sortNames(eventNames, (text, code) => termByCode.get(code)?.name === text),
      refusals: refusals.sort((a, b) => compare(a.domain, b.domain) || compare(a.text, b.text)),
    },
    report: log,
  };
}

/** Our own classes, and the FDA's established pharmacologic classes under their own names. */
async function readClasses(
  directory: string,
  own: string,
  concepts: ReadonlyMap<string, DrugConcept>,
  namesOfDrugs: ReadonlySet<string>,
  log: BuildLog,
): Promise<{ classes: DrugClass[]; classNames: DrugClassName[] }> {
  const rows = await readTable(join(directory, 'rxnorm_classes.tsv'), [
    'rxcui',
    'class_name',
    'class_type',
  ]);
  const groups = new Map<string, Set<string>>();
  const established = new Map<string, Set<string>>();
  for (const { cells } of rows) {
    const ingredients = concepts.get(cells.rxcui)?.ingredients;
    if (!ingredients) log.leaveOut('class memberships of concepts that were left out');
    for (const ingredient of ingredients ?? []) {
      addTo(groups, fold(cells.class_name), ingredient);
      if (cells.class_type === 'FDA Established Pharmacologic Class') {
        addTo(established, cells.class_name, ingredient);
      }
    }
  }
  const { classes, names } = await readOwnClasses(own, concepts, groups, log);
  const taken = new Set(names.map((name) => fold(name.text)));
  for (const [name, members] of established) {
    if (taken.has(fold(name))) continue;
    classes.push({ name, members: [...members].sort(byNumber), source: 'drugcentral' });
    // A class of one drug may carry the drug's name ("Vitamin B12"): the name means the drug.
    if (!namesOfDrugs.has(fold(name))) names.push({ text: name, className: name });
  }
  return {
    classes: classes.sort((a, b) => compare(a.name, b.name)),
    classNames: names.sort((a, b) => compare(a.text, b.text)),
  };
}

/** Sorted and without repetitions; the concept's own name is not repeated as a synonym. */
function sortNames<Name extends DrugName | EventName>(
  names: readonly Name[],
  isOwnName: (text: string, code: string) => boolean,
): Name[] {
  const unique = new Map<string, Name>();
  for (const name of names) {
    const key = `${name.code}\t${fold(name.text)}`;
    if (!isOwnName(name.text, name.code) && !unique.has(key)) unique.set(key, name);
  }
  return [...unique.values()].sort(
    (a, b) => byNumber(a.code, b.code) || compare(a.text, b.text) || compare(a.source, b.source),
  );
}

/** By UTF-16 code unit: the same on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}
