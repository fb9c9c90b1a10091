import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  assignments,
  execForm,
  type Instruction,
  parseDockerfile,
  stagesFor,
  substitute,
} from '../../../scripts/image-steps/dockerfile.ts';
import { ignoreRules } from '../../../scripts/image-steps/ignore.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('Reading a Dockerfile', () => {
  test('stages, flags, continued lines and comments', () => {
    const { stages, globalArguments } = parseDockerfile(
      [
        'ARG VERSION=24',
        'FROM node:$VERSION-slim AS build',
        'RUN one && \\',
        '    # a comment between',
        '    two',
        'FROM debian AS final',
        'COPY --from=build --chown=1:1 /a b/',
      ].join('\n'),
    );
    expect(globalArguments).toEqual({ VERSION: '24' });
    expect(stages).toMatchObject([
      { from: 'node:24-slim', name: 'build', instructions: [{ name: 'RUN', line: 3 }] },
      {
        name: 'final',
        instructions: [{ flags: { from: 'build', chown: '1:1' }, text: '/a b/' }],
      },
    ]);
    expect(stages[0]?.instructions[0]?.text).toMatch(/^one && +two$/);
  });

  test.each([
    ['RUN x', /line 1: RUN before the first FROM/],
    ['FROM a\nRUN x \\', /line 2: goes on beyond the end/],
  ])('%j is not understood, and the line is named', (text, message) => {
    expect(() => parseDockerfile(text)).toThrow(message);
  });

  test('a target needs its parents and what it copies from, in order', () => {
    const file = parseDockerfile(
      'FROM x AS a\nFROM y AS b\nFROM a AS c\nCOPY --from=b /f /f\nFROM z AS other',
    );
    expect(stagesFor(file, 'c').map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(() => stagesFor(file, 'none')).toThrow('there are a, b, c, other');
  });

  test('assignments, variables and the exec form', () => {
    expect(assignments('A=1 B="two words" C')).toEqual({ A: '1', B: 'two words' });
    expect(substitute('$A-$B-$C', { A: '1', B: '2' })).toBe('1-2-');
    expect(execForm('["a", "b c"]')).toEqual(['a', 'b c']);
    expect(execForm('a b')).toBeUndefined();
  });
});

describe('.dockerignore', () => {
  test.each([
    ['*\n!src', 'src/a/b.ts', false],
    ['*\n!src', 'data/notes.ndjson', true],
    ['*\n!a/b', 'a/b/c', false],
    ['*\n!a/b', 'a/c', true],
    ['**/*.log', 'a/b/x.log', true],
    ['**/*.log', 'x.log', true],
    ['# *\n', 'x', false],
  ])('%j: is %s left out? %s', (rules, path, expected) => {
    expect(ignoreRules(rules)(path)).toBe(expected);
  });
});

describe('The Dockerfile of this repository', () => {
  const file = parseDockerfile(read('Dockerfile'));
  const manifest = JSON.parse(read('package.json')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const instructions = (target: string) =>
    stagesFor(file, target).flatMap((stage) => stage.instructions);

  test('pins the Node and the ONNX Runtime of package.json', () => {
    expect(file.globalArguments.NODE_VERSION).toBe(manifest.devDependencies.node);
    expect(file.stages[0]?.from).toBe(`node:${manifest.devDependencies.node}-bookworm-slim`);
    expect(file.globalArguments.ONNXRUNTIME_VERSION).toBe(
      manifest.dependencies['onnxruntime-node'],
    );
  });

  test('builds cpu unless told otherwise, and CUDA in gpu only', () => {
    expect(file.stages.at(-1)?.name).toBe('cpu');
    const cuda = /nvidia|onnxruntime-gpu/i;
    expect(JSON.stringify(instructions('cpu'))).not.toMatch(cuda);
    expect(JSON.stringify(instructions('gpu'))).toMatch(cuda);
  });

  /** Instructions of a target and its parents, not of what it copies from. */
  const lineage = (target: string): Instruction[] => {
    const stage = file.stages.find(({ name }) => name === target);
    return stage ? [...lineage(stage.from), ...stage.instructions] : [];
  };

  test.each(['cpu', 'gpu'])('%s runs without root and looks after its health', (target) => {
    const all = lineage(target);
    const user = all.findLast(({ name }) => name === 'USER')?.text;
    expect(user).toBe('vigilnote');
    const after = all.slice(all.findLastIndex(({ name }) => name === 'USER') + 1);
    expect(after.filter(({ name }) => name === 'USER' || name === 'RUN')).toEqual([]);
    const check = all.find(({ name }) => name === 'HEALTHCHECK')?.text ?? '';
    expect(execForm(check.replace(/^CMD\s+/, ''))?.[0]).toBe('node');
  });

  test.each(['cpu', 'gpu'])('%s has ONNX Runtime report nothing', (target) => {
    const settings = lineage(target).filter(({ name }) => name === 'ENV');
    expect(settings.map(({ text }) => assignments(text))).toContainEqual(
      expect.objectContaining({ ORT_DISABLE_TELEMETRY: '1' }),
    );
  });

  test('copies from the repository only what is there and not ignored', () => {
    const isLeftOut = ignoreRules(read('.dockerignore'));
    const sources = file.stages
      .flatMap((stage) => stage.instructions)
      .filter(({ name, flags }) => name === 'COPY' && !flags.from)
      .flatMap(({ text }) => text.split(/\s+/).slice(0, -1));
    expect(sources).toContain('src');
    for (const source of sources) {
      expect([source, existsSync(join(root, source)), isLeftOut(source)]).toEqual([
        source,
        true,
        false,
      ]);
    }
    for (const path of ['.git/config', '.env', 'data/x', 'test/a.ts', 'models/jnrf/goldens/a']) {
      expect([path, isLeftOut(path)]).toEqual([path, true]);
    }
  });
});
