import { join } from 'node:path';
import { readTable, TableError } from '../tsv.ts';
import type { EventName, EventTerm } from '../vocabulary.ts';
import type { BuildLog } from './report.ts';
import type { SourceId } from './sources.ts';

const CTCAE: Readonly<Record<string, SourceId>> = {
  'CTCAE v5.0': 'ctcae-5.0',
  'CTCAE v4.03': 'ctcae-4.03',
};

/**
 * A publication may carry fewer than 1,000 MedDRA terms (design of the starter vocabulary); the
 * build refuses to make more.
 */
export const MEDDRA_TERM_LIMIT = 1000;

/**
 * Reads the CTCAE rows of `meddra_terms.tsv`, the only ones that may be published; all others are
 * left out. A preferred term that CTCAE itself does not list is kept as a code without a name.
 * @throws TableError for a bad row, or when the limit of published terms would be passed
 */
export async function readEventTerms(directory: string, log: BuildLog): Promise<EventTerm[]> {
  const file = join(directory, 'meddra_terms.tsv');
  const rows = await readTable(file, [
    'code',
    'level',
    'term',
    'pt_code',
    'soc',
    'source',
    'licence',
  ]);
  const terms = new Map<string, EventTerm>();
  for (const { line, cells } of rows) {
    const source = CTCAE[cells.source];
    if (!source || !cells.licence.startsWith('US-Gov work')) {
      log.leaveOut(`MedDRA terms of source '${cells.source}' (not openly published)`);
      continue;
    }
    requireCode(cells.code, file, line);
    if (cells.pt_code !== '') requireCode(cells.pt_code, file, line);
    if (cells.level !== 'LLT' && cells.level !== 'PT') {
      throw new TableError(file, line, `level '${cells.level}'; LLT or PT is needed`);
    }
    if (cells.term === '') throw new TableError(file, line, 'a term without a name');
    if (terms.has(cells.code)) throw new TableError(file, line, `${cells.code} comes twice`);
    const ptCode = cells.pt_code || (cells.level === 'PT' ? cells.code : '');
    terms.set(cells.code, {
      code: cells.code,
      level: cells.level,
      name: cells.term,
      ...(ptCode !== '' && { ptCode }),
      ...(cells.soc !== '' && { soc: cells.soc }),
      source,
    });
  }
  const published = new Set([...terms.values()].flatMap((t) => [t.code, t.ptCode ?? t.code]));
  if (published.size >= MEDDRA_TERM_LIMIT) {
    throw new TableError(
      file,
      undefined,
      `${published.size} MedDRA codes would be written; a publication carries fewer than ${MEDDRA_TERM_LIMIT}`,
    );
  }
  return [...terms.values()].sort((a, b) => Number(a.code) - Number(b.code));
}

/** Reads the rows of `meddra_synonyms.tsv` that name a CTCAE code and may be published. */
export async function readEventNames(
  directory: string,
  terms: ReadonlyMap<string, EventTerm>,
  log: BuildLog,
): Promise<EventName[]> {
  const file = join(directory, 'meddra_synonyms.tsv');
  const rows = await readTable(file, ['code', 'synonym', 'source', 'licence']);
  const names: EventName[] = [];
  for (const { cells } of rows) {
    const source = nameSource(cells.source, cells.licence);
    if (!source) log.leaveOut(`MedDRA synonyms of source '${cells.source}'`);
    else if (terms.has(cells.code)) {
      // CTCAE's own heading of a system organ class, "… - Other, specify", names no event.
      if (!cells.synonym.endsWith('Other, specify')) {
        names.push({ text: cells.synonym, code: cells.code, source });
      }
    } else log.leaveOut('MedDRA synonyms of codes outside CTCAE');
  }
  return names.filter((name) => terms.get(name.code)?.name !== name.text);
}

function nameSource(source: string, licence: string): SourceId | undefined {
  const ctcae = CTCAE[source];
  if (ctcae) return licence.startsWith('US-Gov work') ? ctcae : undefined;
  return source.startsWith('MONDO') && licence.startsWith('CC0-1.0') ? 'mondo' : undefined;
}

function requireCode(code: string, file: string, line: number): void {
  if (!/^10\d{6}$/.test(code)) {
    throw new TableError(file, line, `'${code}' is not a MedDRA code (10 and six digits)`);
  }
}
