import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Command } from 'commander';
import { z } from 'zod';
import {
  type AssertionScores,
  type LabelledEvent,
  type LabelledNote,
  type NegexSentence,
  scoreAssertions,
  scoreNegex,
  scoreStatements,
} from '../extraction/assertion/evaluate.ts';
import { ASSERTIONS } from '../extraction/extraction.ts';
import { layoutOf } from '../notes/layout.ts';
import type { TextSpan } from '../notes/note.ts';

import { output } from './output.ts';

interface Options {
  readonly corpora: string;
  readonly split: string;
  readonly json?: boolean;
}

/** Corpora with labelled events; drug labels tell two of the values, by relations to a cue. */
const CORPORA = {
  invented_notes: scoreAssertions,
  clinic_notes: scoreAssertions,
  drug_labels: scoreStatements,
} as const;

/** `vigilnote evaluate assertion`: how often the rules say what a reader said. */
export function registerEvaluateAssertion(evaluate: Command): void {
  evaluate
    .command('assertion')
    .description('measure the assertion rules on events whose assertion is known')
    .requiredOption(
      '--corpora <directory>',
      'folder with negex.<split>.tsv.gz and the labelled notes <corpus>.<split>.jsonl.gz',
    )
    .option('--split <name>', 'which part of the corpora', 'dev')
    .option('--json', 'print as JSON')
    .action(evaluateAssertion);
}

async function evaluateAssertion({ corpora, split, json }: Options): Promise<void> {
  const results = new Map<string, AssertionScores>();
  const negex = join(corpora, `negex.${split}.tsv.gz`);
  if (existsSync(negex)) results.set(`negex.${split}`, scoreNegex(await readNegex(negex)));
  for (const [corpus, score] of Object.entries(CORPORA)) {
    const file = join(corpora, `${corpus}.${split}.jsonl.gz`);
    if (existsSync(file)) results.set(`${corpus}.${split}`, score(await readNotes(file)));
  }
  if (results.size === 0) {
    throw new Error(
      `${corpora} has none of the corpora: negex, ${Object.keys(CORPORA).join(', ')}`,
    );
  }
  if (json) {
    output.json(Object.fromEntries(results));
    return;
  }
  for (const [name, scores] of results) {
    output.line(
      `${output.style('bold', name)}: ${scores.events} events, ` +
        `accuracy ${scores.accuracy.toFixed(3)}, macro F1 ${scores.macroF1.toFixed(3)}`,
    );
    output.table(
      ['value', 'events', 'precision', 'recall', 'F1'],
      scores.values.map(({ value, support, precision, recall, f1 }) => [
        value,
        String(support),
        ...[precision, recall, f1].map((score) => score.toFixed(3)),
      ]),
      ['left', 'right', 'right', 'right', 'right'],
    );
    output.line();
  }
}

/** Lines of report number, concept, sentence (the concept in capitals), Affirmed or Negated. */
async function readNegex(file: string): Promise<NegexSentence[]> {
  const lines = gunzipSync(await readFile(file))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  return lines.flatMap((line) => {
    const [, concept = '', sentence = '', label = ''] = line.split('\t');
    if (label !== 'Negated' && label !== 'Affirmed') return [];
    const capitals = sentence.indexOf(concept.toUpperCase());
    // A few sentences were cut before the end of their concept: what is there of it counts.
    const start = capitals >= 0 ? capitals : sentence.search(/[A-Z]{2,}[^a-z]*$/);
    return [
      {
        sentence,
        concept: { start, end: Math.min(sentence.length, start + concept.length) },
        negated: label === 'Negated',
      },
    ];
  });
}

const labelledNote = z.object({
  text: z.string(),
  entities: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      start: z.number(),
      end: z.number(),
      assertion: z.enum(ASSERTIONS).optional(),
    }),
  ),
  relations: z.array(z.object({ type: z.string(), head: z.string(), tail: z.string() })),
});
type LabelledEntity = z.output<typeof labelledNote>['entities'][number];
type LabelledRelation = z.output<typeof labelledNote>['relations'][number];

async function readNotes(file: string): Promise<LabelledNote[]> {
  const lines = gunzipSync(await readFile(file))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line, index) => {
    const parsed = labelledNote.safeParse(JSON.parse(line));
    if (!parsed.success) {
      throw new Error(
        `${file}:${index + 1} is no labelled note: ${parsed.error.issues[0]?.message}`,
      );
    }
    const { text, entities, relations } = parsed.data;
    const place = utf16Offsets(text);
    const spanOf = ({ start, end }: LabelledEntity): TextSpan => ({
      start: place[start] as number,
      end: place[end] as number,
    });
    const byId = new Map(entities.map((entity) => [entity.id, entity]));
    const events = entities.flatMap((entity): LabelledEvent[] => {
      if (entity.type !== 'ADE' && entity.type !== 'AdverseReaction') return [];
      const own = relations.filter(({ head }) => head === entity.id);
      const drugs = own.flatMap(({ tail }) => {
        const drug = byId.get(tail);
        return drug?.type === 'Drug' ? [spanOf(drug)] : [];
      });
      const assertion = entity.assertion ?? assertionOfRelations(own, byId);
      return [{ span: spanOf(entity), drugs, assertion }];
    });
    return { text, layout: layoutOf(text), events };
  });
}

/** Drug labels (TAC 2017) tell by relations of the reaction to a cue whether it is denied or feared. */
function assertionOfRelations(
  relations: readonly LabelledRelation[],
  byId: ReadonlyMap<string, LabelledEntity>,
): LabelledEvent['assertion'] {
  if (relations.some(({ type }) => type === 'Negated')) return 'negated';
  const feared = relations.some(
    ({ type, tail }) => type === 'Hypothetical' && byId.get(tail)?.type !== 'DrugClass',
  );
  return feared ? 'hypothetical' : 'present';
}

/** For each code point offset of a text its UTF-16 offset: the corpora count in the former. */
function utf16Offsets(text: string): number[] {
  const offsets = [0];
  for (const character of text) offsets.push((offsets.at(-1) as number) + character.length);
  return offsets;
}
