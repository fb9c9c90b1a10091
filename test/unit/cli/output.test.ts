import { describe, expect, test } from '@jest/globals';
import { createOutput, formatTable } from '../../../src/cli/output.ts';

function captured(env: Record<string, string> = {}, isTTY = false) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY,
    write: (text: string) => {
      written[name] += text;
    },
  });
  return {
    written,
    output: createOutput({ stdout: stream('stdout'), stderr: stream('stderr') }, env),
  };
}

describe('output', () => {
  test('results go to stdout, words about them to stderr', () => {
    const { written, output } = captured();
    output.line('result');
    output.json({ a: [1] });
    output.note('reading');
    output.error('no such file');
    expect(written).toEqual({
      stdout: 'result\n{\n  "a": [\n    1\n  ]\n}\n',
      stderr: 'reading\nerror: no such file\n',
    });
  });

  test.each<[string, Record<string, string>, boolean, boolean]>([
    ['a terminal', {}, true, true],
    ['a pipe', {}, false, false],
    ['a terminal with NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['a pipe with FORCE_COLOR', { FORCE_COLOR: '1' }, false, true],
    ['a terminal with FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
  ])('%s', (_name, env, isTTY, colours) => {
    const { output } = captured(env, isTTY);
    expect(output.colours).toBe(colours);
    expect(output.style('bold', 'x')).toBe(colours ? '\u001b[1mx\u001b[22m' : 'x');
  });

  test('a table is padded by what is seen, not by escape sequences', () => {
    expect(
      formatTable(
        ['name', 'ms'],
        [
          ['\u001b[1ma\u001b[22m', '5'],
          ['longer', '1200'],
        ],
        ['left', 'right'],
      ),
    ).toEqual(['name      ms', '──────  ────', '\u001b[1ma\u001b[22m          5', 'longer  1200']);
  });
});
