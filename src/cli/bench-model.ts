import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_MODEL_DIRECTORY } from '../extraction/extractor.ts';
import { openModelDirectory } from '../extraction/manifest.ts';
import type { ProviderOption } from '../extraction/providers.ts';
import { WordPieceTokenizer } from '../extraction/tokenizer.ts';
import { WorkerPool } from '../extraction/worker-pool.ts';
import { benchText } from './bench-text.ts';
import type { Output } from './output.ts';

/** Lengths that the model is measured at, in tokens. */
export const BENCH_LENGTHS = [512, 2048, 8192, 16_000] as const;

export interface BenchModelOptions {
  readonly modelDirectory?: string;
  readonly provider?: ProviderOption;
  /** Lengths of the documents in tokens; {@link BENCH_LENGTHS} if not given. */
  readonly lengths?: readonly number[];
  /** Timed runs of each length, after one that is not timed; 3 if not given. */
  readonly runs?: number;
  /** Says what is being measured. */
  readonly progress?: (text: string) => void;
}

export interface BenchModelRow {
  readonly tokens: number;
  /** Median time of a whole reading: tokenizer, graphs, decoding, relations. */
  readonly milliseconds: number;
  readonly tokensPerSecond: number;
  /** Speed against the shortest length. */
  readonly ratio: number;
  /** Entities and drug–entity pairs that the relation graph scored. */
  readonly entities: number;
  readonly pairs: number;
}

export interface BenchModelResult {
  readonly modelId: string;
  readonly provider: string;
  readonly note?: string;
  /** One session has them all. */
  readonly threads: number;
  readonly runs: number;
  /** Tokenizer alone on the longest text: million characters a second. */
  readonly tokenizerMegacharactersPerSecond: number;
  readonly rows: readonly BenchModelRow[];
}

/**
 * Measures how fast one session with all cores reads documents of given lengths, whole.
 * @throws ExtractionError when the model does not open
 */
export async function benchModel(options: BenchModelOptions = {}): Promise<BenchModelResult> {
  const {
    modelDirectory = DEFAULT_MODEL_DIRECTORY,
    provider = 'auto',
    lengths = BENCH_LENGTHS,
    runs = 3,
    progress = () => undefined,
  } = options;
  const manifest = await openModelDirectory(modelDirectory);
  const tokenizer = WordPieceTokenizer.fromVocabularyFile(
    await readFile(join(modelDirectory, 'vocab.txt'), 'utf8'),
  );
  const longest = Math.max(...lengths);
  const { pool, description } = await WorkerPool.open({
    modelDirectory,
    manifest,
    provider,
    workers: 1,
    maxTokens: longest,
  });
  try {
    const rows: BenchModelRow[] = [];
    for (const tokens of lengths) {
      progress(`reading ${tokens} tokens, ${runs} times after a first`);
      const text = textOf(tokenizer, tokens);
      const first = await pool.read(text);
      const times: number[] = [];
      for (let run = 0; run < runs; run++) {
        const start = performance.now();
        await pool.read(text);
        times.push(performance.now() - start);
      }
      const milliseconds = median(times);
      const tokensPerSecond = (first.tokens / milliseconds) * 1000;
      const drugs = first.entities.filter(({ type }) => type === 'Drug').length;
      rows.push({
        tokens: first.tokens,
        milliseconds,
        tokensPerSecond,
        ratio: tokensPerSecond / (rows[0]?.tokensPerSecond ?? tokensPerSecond),
        entities: first.entities.length,
        pairs: drugs * (first.entities.length - drugs),
      });
    }
    return {
      modelId: manifest.modelId,
      provider: description.provider,
      ...(description.note !== undefined && { note: description.note }),
      threads: availableParallelism(),
      runs,
      tokenizerMegacharactersPerSecond: tokenizerSpeed(tokenizer, textOf(tokenizer, longest), runs),
      rows,
    };
  } finally {
    await pool.close();
  }
}

/** Writes the measurement as a table. */
export function writeBenchModel(output: Output, result: BenchModelResult): void {
  const note = result.note === undefined ? '' : ` (${result.note})`;
  output.line(
    `${result.modelId} on ${result.provider}${note}, ${result.threads} threads, median of ${result.runs}`,
  );
  output.table(
    ['tokens', 'ms', 'tokens/s', 'ratio', 'entities', 'pairs'],
    result.rows.map((row) => [
      String(row.tokens),
      row.milliseconds.toFixed(0),
      row.tokensPerSecond.toFixed(0),
      row.ratio.toFixed(2),
      String(row.entities),
      String(row.pairs),
    ]),
    ['right', 'right', 'right', 'right', 'right', 'right'],
  );
  output.line(
    `tokenizer alone: ${result.tokenizerMegacharactersPerSecond.toFixed(1)} million characters a second`,
  );
}

/** A text of exactly this many tokens. */
function textOf(tokenizer: WordPieceTokenizer, tokens: number): string {
  // Every token of these sentences is shorter than this.
  const text = benchText(tokens * 16);
  const end = tokenizer.encode(text).ends[tokens - 1];
  return text.slice(0, end);
}

function tokenizerSpeed(tokenizer: WordPieceTokenizer, text: string, runs: number): number {
  const times = Array.from({ length: Math.max(9, runs) }, () => {
    const start = performance.now();
    tokenizer.encode(text);
    return performance.now() - start;
  });
  return text.length / 1000 / median(times);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
