import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { assignments, execForm, type Instruction, type Stage, substitute } from './dockerfile.ts';
import { ignoreRules } from './ignore.ts';
import { addNode, lendNetwork, run, runIn } from './root.ts';

/** What a stage leaves: its root, and how a container of it starts. */
export interface Built {
  readonly directory: string;
  environment: Record<string, string>;
  workingDirectory: string;
  user: string;
  entrypoint: string[];
  command: string[];
  healthCheck: string[];
}

export interface BuildOptions {
  /** The repository. */
  readonly context: string;
  /** A Debian root to copy for images that start from Debian. */
  readonly base: string;
  /** Where roots of stages are made. */
  readonly workDirectory: string;
  readonly globalArguments: Readonly<Record<string, string>>;
  say(text: string): void;
}

/** Passed to RUN, as `docker build` passes its proxy arguments. */
const LENT_VARIABLES = /^(?:npm_config_registry|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS)$/i;

/**
 * Carries out stages one after the other, each in a root of its own.
 * @throws Error naming the line that failed, or an instruction that this script does not know
 */
export async function buildStages(
  stages: readonly Stage[],
  options: BuildOptions,
): Promise<Map<string, Built>> {
  const built = new Map<string, Built>();
  for (const stage of stages) {
    options.say(`stage ${stage.name} from ${stage.from}`);
    const state = startStage(stage, built, options);
    const values: Record<string, string> = {};
    for (const instruction of stage.instructions) {
      const first = instruction.text.split('\n')[0] ?? '';
      options.say(`  ${instruction.name} ${first.length > 90 ? `${first.slice(0, 90)}…` : first}`);
      try {
        await carryOut(instruction, state, values, built, options);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`Dockerfile line ${instruction.line}, ${instruction.name}: ${reason}`);
      }
    }
    built.set(stage.name, state);
  }
  return built;
}

function startStage(stage: Stage, built: Map<string, Built>, options: BuildOptions): Built {
  const parent = built.get(stage.from);
  const directory = join(options.workDirectory, stage.name);
  // Not fs.cp, which keeps neither owners nor device files.
  run('cp', ['-a', '--reflink=auto', parent?.directory ?? options.base, directory]);
  if (parent) return { ...structuredClone(parent), directory };
  if (/^node:/.test(stage.from)) {
    addNode(directory);
    lendNetwork(directory);
  } else if (!/^debian:/.test(stage.from)) {
    throw new Error(`there is no stand-in here for the image ${stage.from}`);
  }
  return {
    directory,
    environment: {},
    workingDirectory: '/',
    user: 'root',
    entrypoint: [],
    command: [],
    healthCheck: [],
  };
}

async function carryOut(
  { name, flags, text }: Instruction,
  state: Built,
  values: Record<string, string>,
  built: Map<string, Built>,
  options: BuildOptions,
): Promise<void> {
  const known = { ...values, ...state.environment };
  switch (name) {
    case 'ARG':
      for (const word of text.split(/\s+/)) {
        const [argument = ''] = word.split('=');
        const value = options.globalArguments[argument] ?? assignments(text)[argument];
        if (value !== undefined) values[argument] = value;
      }
      return;
    case 'ENV':
      Object.assign(state.environment, assignments(substitute(text, known)));
      return;
    case 'WORKDIR':
      state.workingDirectory = resolve(state.workingDirectory, substitute(text, known));
      mkdirSync(join(state.directory, state.workingDirectory), { recursive: true });
      return;
    case 'USER':
      state.user = substitute(text, known);
      return;
    case 'COPY':
      copy(substitute(text, known).split(/\s+/), flags.from, state, built, options);
      return;
    case 'RUN':
      await runIn(execForm(text) ?? ['/bin/sh', '-c', text], {
        ...state,
        environment: { HOME: '/root', ...lentVariables(), ...known },
      });
      return;
    case 'ENTRYPOINT':
      state.entrypoint = execForm(text) ?? ['/bin/sh', '-c', text];
      return;
    case 'CMD':
      state.command = execForm(text) ?? ['/bin/sh', '-c', text];
      return;
    case 'HEALTHCHECK':
      state.healthCheck = execForm(text.replace(/^CMD\s+/, '')) ?? [];
      return;
    case 'EXPOSE':
    case 'VOLUME':
    case 'LABEL':
      return;
    default:
      throw new Error('this script does not know it');
  }
}

/** COPY: what a folder holds goes into the destination, a file into a destination that ends with `/`. */
function copy(
  words: readonly string[],
  from: string | undefined,
  state: Built,
  built: Map<string, Built>,
  options: BuildOptions,
): void {
  const sources = words.slice(0, -1);
  const destination = words.at(-1) ?? '';
  const stage = from === undefined ? undefined : built.get(from);
  if (from !== undefined && !stage) throw new Error(`there is no stage ${from}`);
  const origin = stage?.directory ?? options.context;
  const isLeftOut = stage ? () => false : contextRules(options.context);
  for (const source of sources) {
    const path = join(origin, source);
    if (!existsSync(path) || isLeftOut(source))
      throw new Error(`${source} is not there to be copied`);
    const target = join(state.directory, resolve(state.workingDirectory, destination));
    const isFile = statSync(path).isFile();
    const intoFolder = isFile && (destination.endsWith('/') || sources.length > 1);
    cpSync(path, intoFolder ? join(target, basename(source)) : target, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => file === path || !isLeftOut(relative(origin, file)),
    });
  }
}

function contextRules(context: string): (path: string) => boolean {
  const file = join(context, '.dockerignore');
  return ignoreRules(existsSync(file) ? readFileSync(file, 'utf8') : '');
}

function lentVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      LENT_VARIABLES.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}
