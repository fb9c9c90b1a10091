#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { output } from './output.ts';

type Register = (program: Command) => void;

/**
 * Each command and the module that registers it. A module is loaded only when its command is named
 * or help is asked for, so that `--version` does not wait for the inference runtime.
 */
const COMMANDS: readonly { readonly names: readonly string[]; load(): Promise<Register> }[] = [
  { names: ['serve'], load: async () => (await import('./serve.ts')).registerServe },
  { names: ['demo'], load: async () => (await import('./demo.ts')).registerDemo },
  { names: ['extract'], load: async () => (await import('./extract.ts')).registerExtract },
  { names: ['report'], load: async () => (await import('./report.ts')).registerReport },
  { names: ['vocabulary'], load: async () => (await import('./vocabulary.ts')).registerVocabulary },
  {
    names: ['evaluate'],
    load: async () => {
      const [assertion, coding] = await Promise.all([
        import('./evaluate-assertion.ts'),
        import('./evaluate-coding.ts'),
      ]);
      return (program) => {
        const evaluate = program
          .command('evaluate')
          .description('measure a part of Vigilnote against labelled data');
        assertion.registerEvaluateAssertion(evaluate);
        coding.registerEvaluateCoding(evaluate);
      };
    },
  },
  { names: ['bench'], load: async () => (await import('./bench.ts')).registerBench },
];

/** @returns the program with the commands that these arguments can need */
export async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('vigilnote')
    .description(
      'Finds drug–adverse-event relations in the clinical notes of a FHIR server and tells whoever needs to know: a clinician by a CDS Hooks card, pharmacovigilance by an AdverseEvent.',
    )
    .version(packageVersion(), '-V, --version')
    .showHelpAfterError('(vigilnote --help lists the commands)')
    .exitOverride();
  const named = COMMANDS.filter(({ names }) => names.some((name) => args[0] === name));
  const registers = await Promise.all((named.length > 0 ? named : COMMANDS).map((c) => c.load()));
  for (const register of registers) register(program);
  return program;
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return (manifest as { version: string }).version;
}

async function main(args: readonly string[]): Promise<void> {
  try {
    const program = await createProgram(args);
    await program.parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' });
  } catch (error) {
    // Commander has already said what was wrong, and help or a version is no failure.
    if (error instanceof CommanderError) process.exitCode = error.exitCode;
    else {
      output.error(error instanceof Error ? error.message : String(error));
      if (process.env.VIGILNOTE_LOG_LEVEL === 'debug' && error instanceof Error) {
        output.note(error.stack ?? '');
      }
      process.exitCode = 1;
    }
  }
}

if (import.meta.main) await main(process.argv.slice(2));
