import { join } from 'node:path';
import { fold } from '../fold.ts';
import { readTable, TableError } from '../tsv.ts';
import type { DrugConcept, DrugName } from '../vocabulary.ts';
import type { BuildLog } from './report.ts';
import { byNumber, IngredientResolver } from './rxnorm-ingredients.ts';
import type { SourceId } from './sources.ts';

const TERM_TYPES = new Set(['IN', 'PIN', 'MIN', 'BN', 'SCDC', 'SCD', 'SBD']);

/** Sources whose rows may be shipped, by the name that the table gives them. */
function conceptSource(label: string): SourceId | undefined {
  if (label.startsWith('RxNorm-prescribable-')) return 'rxnorm';
  if (label === 'nSIDES-ingredient-list' || label === 'OHDSI-PhenotypeLibrary') {
    return 'rxnorm-older';
  }
  return undefined;
}

const NAME_SOURCES: Readonly<Record<string, SourceId>> = {
  'DrugBank-open-vocabulary': 'drugbank',
  'DrugsAtFDA-brand': 'drugsatfda',
};

/**
 * Reads `rxnorm_concepts.tsv` and `rxnorm_relations.tsv`.
 * @throws TableError for a bad row
 */
export async function readDrugConcepts(directory: string, log: BuildLog): Promise<DrugConcept[]> {
  const conceptRows = await readTable(join(directory, 'rxnorm_concepts.tsv'), [
    'rxcui',
    'tty',
    'name',
    'source',
  ]);
  const raw = [];
  const sources = new Map<string, SourceId>();
  for (const { file, line, cells } of conceptRows) {
    requireCode(cells.rxcui, file, line);
    if (!TERM_TYPES.has(cells.tty)) {
      throw new TableError(file, line, `term type '${cells.tty}'; known: ${[...TERM_TYPES]}`);
    }
    if (cells.name === '') throw new TableError(file, line, 'a concept without a name');
    if (sources.has(cells.rxcui)) throw new TableError(file, line, `${cells.rxcui} comes twice`);
    const source = conceptSource(cells.source);
    if (!source) {
      log.leaveOut(`drug concepts of source '${cells.source}'`);
      continue;
    }
    sources.set(cells.rxcui, source);
    raw.push({ code: cells.rxcui, termType: cells.tty, name: cells.name });
  }

  const relationRows = await readTable(join(directory, 'rxnorm_relations.tsv'), [
    'rxcui1',
    'rela',
    'rxcui2',
  ]);
  const relations = relationRows.map(({ cells }) => ({
    subject: cells.rxcui1,
    relation: cells.rela,
    object: cells.rxcui2,
  }));

  const resolver = new IngredientResolver(raw, relations);
  const concepts: DrugConcept[] = [];
  for (const concept of raw) {
    const ingredients = resolver.ingredientsOf(concept.code);
    if (ingredients.length === 0) {
      log.leaveOut(`drug concepts (${concept.termType}) whose ingredients the tables do not tell`);
      continue;
    }
    concepts.push({
      ...concept,
      ingredients,
      source: sources.get(concept.code) as SourceId,
    });
  }
  return concepts.sort((a, b) => byNumber(a.code, b.code));
}

/**
 * Reads `rxnorm_synonyms.tsv`. Left out: names of allergens and foods, which are everyday words
 * ("milk", "rice"), and names of up to three letters, which mean too many things; those that
 * clinicians use stand in our own list.
 */
export async function readDrugNames(
  directory: string,
  concepts: ReadonlyMap<string, DrugConcept>,
  log: BuildLog,
): Promise<DrugName[]> {
  const rows = await readTable(join(directory, 'rxnorm_synonyms.tsv'), [
    'rxcui',
    'synonym',
    'source',
  ]);
  const names: DrugName[] = [];
  for (const { file, line, cells } of rows) {
    requireCode(cells.rxcui, file, line);
    const source = NAME_SOURCES[cells.source];
    const concept = concepts.get(cells.rxcui);
    if (!source) log.leaveOut(`drug synonyms of source '${cells.source}'`);
    else if (!concept) log.leaveOut('drug synonyms of concepts that were left out');
    else if (/allergenic|pollen|venom| preparation$/i.test(concept.name)) {
      log.leaveOut('drug synonyms of allergens and foods');
    } else if (source === 'drugbank' && cells.synonym.length <= 3) {
      log.leaveOut('drug synonyms of up to three characters');
    } else names.push({ text: cells.synonym, code: cells.rxcui, source });
  }
  return names;
}

function requireCode(code: string, file: string, line: number): void {
  if (!/^\d+$/.test(code)) throw new TableError(file, line, `'${code}' is not an RxCUI (digits)`);
}

/**
 * Gives an ingredient of an older list the meaning of the current concept that carries its name as
 * a synonym (`vitamin D3` → cholecalciferol), so that a mention and an order meet in one ingredient.
 */
export function joinOlderIngredients(
  concepts: readonly DrugConcept[],
  names: readonly DrugName[],
): DrugConcept[] {
  const byCode = new Map(concepts.map((concept) => [concept.code, concept]));
  const meanings = new Map<string, Set<string>>();
  for (const { text, code } of names) {
    const concept = byCode.get(code);
    if (concept?.source !== 'rxnorm') continue;
    const known = meanings.get(fold(text)) ?? new Set<string>();
    meanings.set(fold(text), known.add(concept.ingredients.join(' ')));
  }
  return concepts.map((concept) => {
    if (concept.termType !== 'IN' || concept.source !== 'rxnorm-older') return concept;
    const [meaning, ...others] = meanings.get(fold(concept.name)) ?? [];
    if (meaning === undefined || others.length > 0) return concept;
    return { ...concept, ingredients: meaning.split(' ') };
  });
}
