/** One instruction of a Dockerfile: `COPY --from=packages /a b/`. */
export interface Instruction {
  /** In capitals: `COPY`. */
  readonly name: string;
  /** `--from=packages` as `{ from: 'packages' }`. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows the flags, on one line. */
  readonly text: string;
  readonly line: number;
}

export interface Stage {
  /** What `FROM` names: an image or an earlier stage. */
  readonly from: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  /** `ARG` before the first `FROM`, with their defaults. */
  readonly globalArguments: Readonly<Record<string, string>>;
  readonly stages: readonly Stage[];
}

/**
 * Reads a Dockerfile (https://docs.docker.com/reference/dockerfile/) as far as ours goes: comments,
 * continued lines, flags, stages. No here-documents, no parser directives.
 * @throws Error naming the line that is not understood
 */
export function parseDockerfile(text: string): Dockerfile {
  const globalArguments: Record<string, string> = {};
  const stages: { from: string; name: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructionsOf(text)) {
    const stage = stages.at(-1);
    if (instruction.name === 'FROM') {
      const [image = '', name] = substitute(instruction.text, globalArguments).split(/\s+AS\s+/i);
      stages.push({ from: image, name: name ?? String(stages.length), instructions: [] });
    } else if (stage) {
      stage.instructions.push(instruction);
    } else if (instruction.name === 'ARG') {
      Object.assign(globalArguments, assignments(instruction.text));
    } else {
      throw new Error(`line ${instruction.line}: ${instruction.name} before the first FROM`);
    }
  }
  return { globalArguments, stages };
}

/** The stages that a target needs, in the order in which they are built. */
export function stagesFor({ stages }: Dockerfile, target: string): Stage[] {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    const stage = stages.find((candidate) => candidate.name === name);
    if (!stage || needed.has(name)) return;
    needed.add(name);
    visit(stage.from);
    for (const { flags } of stage.instructions) if (flags.from) visit(flags.from);
  };
  if (!stages.some(({ name }) => name === target)) {
    const names = stages.map(({ name }) => name).join(', ');
    throw new Error(`the Dockerfile has no target ${target}; there are ${names}`);
  }
  visit(target);
  return stages.filter(({ name }) => needed.has(name));
}

/** `NAME=value NAME="a value"`; a name alone has no value of its own. */
export function assignments(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', quoted, plain] of text.matchAll(
    /([A-Za-z_]\w*)(?:=(?:"([^"]*)"|(\S*)))?/g,
  )) {
    const value = quoted ?? plain;
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** `$NAME` and `${NAME}`; what is not set is empty, as in Docker. */
export function substitute(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_match, braced?: string, bare?: string) => values[braced ?? bare ?? ''] ?? '',
  );
}

/** The exec form, a JSON array; undefined for the shell form. */
export function execForm(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  const value: unknown = JSON.parse(text);
  if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value;
  throw new Error(`${text} is no array of words`);
}

function* instructionsOf(text: string): Generator<Instruction> {
  let start = 0;
  let joined = '';
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    if (joined === '') start = index + 1;
    const continued = line.trimEnd().endsWith('\\');
    joined += continued ? line.trimEnd().slice(0, -1) : line;
    if (continued) continue;
    yield instructionOf(joined.trim(), start);
    joined = '';
  }
  if (joined !== '') throw new Error(`line ${start}: goes on beyond the end of the file`);
}

function instructionOf(text: string, line: number): Instruction {
  const [, name, rest] = /^([A-Za-z]+)\s+(.*)$/s.exec(text) ?? [];
  if (name === undefined || rest === undefined) throw new Error(`line ${line}: no instruction`);
  const flags: Record<string, string> = {};
  const remainder = rest.replace(/^(?:--[a-z-]+=\S+\s+)+/, (all) => {
    for (const [, flag = '', value = ''] of all.matchAll(/--([a-z-]+)=(\S+)/g)) flags[flag] = value;
    return '';
  });
  return { name: name.toUpperCase(), flags, text: remainder.trim(), line };
}
