import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { buildVocabulary } from '../coding/build/build.ts';
import { openVocabulary, STARTER_DIRECTORY } from '../coding/open.ts';
import type { SearchCandidate } from '../coding/search-candidate.ts';
import { readManifest, writeStore } from '../coding/store.ts';
import { output } from './output.ts';

/** Synonyms, classes and refusals of our own: `mappings/own`. */
const OWN_DIRECTORY = join(STARTER_DIRECTORY, '../own');

/** `vigilnote vocabulary build | info | search`. */
export function registerVocabulary(program: Command): void {
  const vocabulary = program
    .command('vocabulary')
    .description('compile, describe and search the vocabularies that findings are coded in');

  vocabulary
    .command('build')
    .description('compile tables into a vocabulary that opens quickly')
    .requiredOption('--from <directory>', 'folder of the tables (see mappings/README.md)')
    .requiredOption('--out <directory>', 'where the vocabulary is written; replaced as a whole')
    .option('--own <directory>', 'folder of our own synonyms, classes and refusals', OWN_DIRECTORY)
    .option('--name <name>', 'name of the vocabulary, first part of its version', 'starter')
    .action(build);

  vocabulary
    .command('info')
    .description('say what a vocabulary holds: version, rows, sources and their rights')
    .option('--vocabulary <directory>', 'a compiled vocabulary', STARTER_DIRECTORY)
    .option('--json', 'print the manifest as JSON')
    .action(info);

  vocabulary
    .command('search')
    .description('show the candidates for a text as drug and as event, with why')
    .argument('<text...>', 'a drug or an event as a note may have it')
    .option('--vocabulary <directory>', 'a compiled vocabulary', STARTER_DIRECTORY)
    .option('--limit <number>', 'candidates of each kind', positive, 5)
    .option('--json', 'print as JSON')
    .action(search);
}

interface BuildOptions {
  readonly from: string;
  readonly out: string;
  readonly own: string;
  readonly name: string;
}

async function build(options: BuildOptions): Promise<void> {
  const { vocabulary, report } = await buildVocabulary(options.from, options.own);
  const manifest = await writeStore(options.out, options.name, vocabulary);
  for (const [reason, count] of report.leftOut) output.note(`left out: ${count} ${reason}`);
  for (const warning of report.warnings) output.note(`warning: ${warning}`);
  output.line(`${manifest.version} written to ${options.out}`);
  tableOfRows(manifest.tables);
}

async function info(options: { vocabulary: string; json?: boolean }): Promise<void> {
  const manifest = await readManifest(options.vocabulary);
  if (options.json) {
    output.json(manifest);
    return;
  }
  output.line(`${manifest.version} (${manifest.format})`);
  output.line();
  tableOfRows(manifest.tables);
  output.line();
  output.table(
    ['source', 'version', 'rows', 'rights', 'title'],
    manifest.sources.map((source) => [
      source.id,
      source.version ?? '',
      String(Object.values(manifest.rowsBySource[source.id] ?? {}).reduce((a, b) => a + b, 0)),
      source.licence,
      source.title,
    ]),
    ['left', 'left', 'right'],
  );
  output.line();
  const notices = manifest.sources.flatMap(({ attribution }) => attribution ?? []);
  for (const notice of new Set(notices)) output.line(notice);
}

async function search(
  words: readonly string[],
  options: { vocabulary: string; limit: number; json?: boolean },
): Promise<void> {
  const text = words.join(' ');
  const linker = await openVocabulary(options.vocabulary);
  const drugs = linker.searchDrugs(text, options.limit);
  const events = linker.searchEvents(text, options.limit);
  if (options.json) {
    output.json({
      text,
      drug: { link: linker.linkDrug(text), candidates: drugs },
      event: { link: linker.linkEvent(text), candidates: events },
    });
    return;
  }
  output.line(`drug: ${described(linker.linkDrug(text).kind)}`);
  tableOfCandidates(drugs);
  output.line();
  output.line(`event: ${described(linker.linkEvent(text).kind)}`);
  tableOfCandidates(events);
}

function described(kind: string): string {
  return kind === 'uncoded' ? 'uncoded; candidates for a reader' : `linked (${kind})`;
}

function tableOfCandidates(candidates: readonly SearchCandidate[]): void {
  output.table(
    ['code', 'type', 'term', 'matched', 'score', 'why'],
    candidates.map((candidate) => [
      candidate.code,
      candidate.type,
      candidate.display,
      candidate.matchedTerm,
      candidate.score.toFixed(3),
      candidate.why,
    ]),
    ['right', 'left', 'left', 'left', 'right'],
  );
}

function tableOfRows(tables: Readonly<Record<string, { rows: number }>>): void {
  output.table(
    ['table', 'rows'],
    Object.entries(tables).map(([table, { rows }]) => [table, String(rows)]),
    ['left', 'right'],
  );
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError(`'${text}' is not a whole number of 1 or more`);
  }
  return value;
}
