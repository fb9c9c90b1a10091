import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import {
  accuracy,
  type CodingScores,
  coverage,
  overallPrecision,
  precision,
  readDrugMentions,
  readEventMentions,
  scoreDrugs,
  scoreEvents,
} from '../coding/evaluate.ts';
import { type LookAlikeScores, scoreLookAlikes } from '../coding/evaluate-look-alikes.ts';
import { createLinker, DEFAULT_THRESHOLDS, STARTER_DIRECTORY } from '../coding/open.ts';
import { readStore } from '../coding/store.ts';
import { output } from './output.ts';

interface Options {
  readonly vocabulary: string;
  readonly drugs?: string;
  readonly events?: string;
  readonly lookAlikes?: boolean;
  readonly thresholds?: boolean;
  readonly disagreements?: boolean;
  readonly json?: boolean;
}

/** `vigilnote evaluate coding`: how often mentions get the right code, the wrong one, or none. */
export function registerEvaluateCoding(evaluate: Command): void {
  evaluate
    .command('coding')
    .description('measure the linker against labelled mentions of drugs and events')
    .option('--drugs <file>', 'table with the columns mention, rxcui, exact')
    .option('--events <file>', 'table with mention, pt_code, llt_code, exact_match_gold_llt_or_pt')
    .option('--vocabulary <directory>', 'a compiled vocabulary', STARTER_DIRECTORY)
    .option('--look-alikes', 'measure the fuzzy step on unknown and on misspelt drugs')
    .option('--thresholds', 'also show other thresholds of the fuzzy step')
    .option('--disagreements', 'list every mention whose code differs from the label')
    .option('--json', 'print as JSON')
    .action(evaluateCoding);
}

async function evaluateCoding(options: Options): Promise<void> {
  const lookAlikes = options.lookAlikes ? await lookAlikesOf(options.vocabulary) : undefined;
  if (lookAlikes && !options.json) reportLookAlikes(lookAlikes);
  if (options.drugs === undefined && options.events === undefined && !lookAlikes) {
    throw new Error('nothing to measure: name a table with --drugs or --events');
  }
  const measure = await prepare(options);
  const results = measure(DEFAULT_THRESHOLDS.drug, DEFAULT_THRESHOLDS.event);
  if (options.json) {
    output.json({ ...Object.fromEntries(results), ...(lookAlikes && { lookAlikes }) });
    return;
  }
  if (results.length > 0) report(results);
  if (options.thresholds) {
    for (const threshold of [0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.01]) {
      output.line();
      output.line(threshold > 1 ? 'without the fuzzy step' : `fuzzy from ${threshold}`);
      report(measure(threshold, threshold));
    }
  }
  if (options.disagreements) {
    for (const [name, scores] of results) {
      if (name.includes(':')) continue;
      output.line();
      output.table(
        [name, 'expected', 'linked', 'how', 'score'],
        scores.disagreements.map((d) => [
          d.text,
          d.expected,
          d.linked,
          d.method,
          d.score.toFixed(3),
        ]),
      );
    }
  }
}

async function lookAlikesOf(directory: string): Promise<LookAlikeScores> {
  const { vocabulary } = await readStore(directory);
  return scoreLookAlikes(vocabulary, DEFAULT_THRESHOLDS.drug);
}

function reportLookAlikes(scores: LookAlikeScores): void {
  output.table(
    ['', 'names', 'right', 'wrong', 'no code'],
    [
      row('drugs that the vocabulary lacks', scores.unknown, 0, scores.unknownCorrected.length),
      row('misspelt', scores.misspelt, scores.misspeltRight, scores.misspeltWrong.length),
    ],
    ['left', 'right', 'right', 'right', 'right'],
  );
  for (const text of [...scores.unknownCorrected, ...scores.misspeltWrong]) output.note(text);
}

function row(name: string, all: number, right: number, wrong: number): string[] {
  return [name, String(all), String(right), String(wrong), String(all - right - wrong)];
}

type Measure = (drugThreshold: number, eventThreshold: number) => [string, CodingScores][];

async function prepare(options: Options): Promise<Measure> {
  const { manifest, vocabulary } = await readStore(options.vocabulary);
  const labels = createLinker(vocabulary, manifest.version);
  const drugs = options.drugs
    ? readDrugMentions(await readFile(options.drugs, 'utf8'), options.drugs, labels)
    : [];
  const codes = new Set(vocabulary.events.flatMap((term) => [term.code, term.ptCode ?? term.code]));
  const events = options.events
    ? readEventMentions(await readFile(options.events, 'utf8'), options.events, codes)
    : [];
  return (drugThreshold, eventThreshold) => {
    const linker = createLinker(vocabulary, manifest.version, { drugThreshold, eventThreshold });
    const results: [string, CodingScores][] = [];
    if (drugs.length > 0) {
      results.push(['drugs', scoreDrugs(linker, drugs)]);
      const other = drugs.filter((mention) => !mention.exact);
      results.push(['drugs: other than the name', scoreDrugs(linker, other)]);
    }
    if (events.length > 0) {
      results.push(['events', scoreEvents(linker, events)]);
      const other = events.filter((mention) => !mention.exact);
      results.push(['events: other than a term', scoreEvents(linker, other)]);
    }
    return results;
  };
}

function report(results: readonly [string, CodingScores][]): void {
  output.table(
    ['', 'mentions', 'reachable', 'coded', 'right', 'accuracy', 'precision', 'overall precision'],
    results.map(([name, scores]) => [
      name,
      String(scores.mentions),
      String(scores.reachable),
      percent(coverage(scores)),
      String(scores.right),
      percent(accuracy(scores)),
      percent(precision(scores)),
      percent(overallPrecision(scores)),
    ]),
    ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
