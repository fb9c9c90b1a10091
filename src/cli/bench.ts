import { type Command, InvalidArgumentError } from 'commander';
import type { HookBench } from './bench-hooks.ts';
import { output } from './output.ts';

interface BenchOptions {
  readonly json?: boolean;
  readonly notes: number;
  readonly calls: number;
}

/** `vigilnote bench [model|hooks]`: how fast the model reads, and how fast a hook call is answered. */
export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('measure on this machine: tokens a second by length, and hook calls cold and warm')
    .argument('[part]', 'model or hooks; both if not given')
    .option('--json', 'print the figures as JSON')
    .option('--notes <count>', 'notes of the chart that hooks are called on', count, 50)
    .option('--calls <count>', 'warm calls, one after another', count, 50)
    .action(bench);
}

function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 10_000) {
    throw new InvalidArgumentError('a whole number from 1 to 10000 is needed.');
  }
  return value;
}

async function bench(part: string | undefined, options: BenchOptions): Promise<void> {
  if (part !== undefined && part !== 'model' && part !== 'hooks') {
    throw new Error(`bench ${part}: there is no such part; it can be model or hooks`);
  }
  const [{ benchModel, writeBenchModel }, { benchHooks }] = await Promise.all([
    import('./bench-model.ts'),
    import('./bench-hooks.ts'),
  ]);
  const progress = (text: string): void => output.note(text);
  const model = part === 'hooks' ? undefined : await benchModel({ progress });
  if (model && !options.json) writeBenchModel(output, model);
  if (part !== 'model') progress(`order-sign over a chart of ${options.notes} notes`);
  const hooks =
    part === 'model'
      ? undefined
      : await benchHooks({ notes: options.notes, warmCalls: options.calls });
  if (hooks && !options.json) writeBenchHooks(hooks);
  if (options.json) output.json({ ...(model && { model }), ...(hooks && { hooks }) });
}

function writeBenchHooks(result: HookBench): void {
  const { notes, words, provider, workers, budgetMs, coldCompleteMs } = result;
  output.line();
  output.line(
    `order-sign over ${notes} notes of ${Math.round(words / notes)} words, on ${provider} with ${workers} worker${workers === 1 ? '' : 's'}`,
  );
  const row = (what: string, milliseconds: number): string[] => [
    what,
    milliseconds.toFixed(milliseconds < 100 ? 1 : 0),
    (milliseconds / coldCompleteMs).toFixed(3),
  ];
  output.table(
    ['call', 'ms', 'ratio'],
    [
      row('cold, every note read', coldCompleteMs),
      row(`cold, first answer (budget ${budgetMs} ms)`, result.coldFirstAnswerMs),
      row(`warm, median of ${result.warmCalls}`, result.warmMedianMs),
      row('warm, 99th percentile', result.warmP99Ms),
    ],
    ['left', 'right', 'right'],
  );
  output.line(
    `${(words / (coldCompleteMs / 1000)).toFixed(0)} words a second cold; cards: ${result.cards}`,
  );
}
