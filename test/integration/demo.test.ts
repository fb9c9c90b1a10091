import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EXPECTED_CARDS, EXPECTED_SILENCES } from '../../src/demo/sample-chart/expected.ts';

const root = join(import.meta.dirname, '../..');

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

function runDemo(args: readonly string[]): Promise<Run> {
  const ours = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('VIGILNOTE_') && name !== 'NODE_OPTIONS',
  );
  const child = spawn(process.execPath, ['src/cli/main.ts', 'demo', ...args], {
    cwd: root,
    env: { ...Object.fromEntries(ours), NO_COLOR: '1' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.once('close', (exitCode) => resolve({ stdout, stderr, exitCode }));
  });
}

describe('npm run demo -- --once', () => {
  const busy = createServer();
  let busyPort = 0;
  let run: Run;

  beforeAll(async () => {
    busy.listen(0, '127.0.0.1');
    await new Promise((resolve) => busy.once('listening', resolve));
    busyPort = (busy.address() as AddressInfo).port;
    run = await runDemo(['--once', '--port', String(busyPort)]);
  }, 180_000);

  afterAll(() => {
    busy.close();
  });

  test('ends with exit 0', () => {
    expect(run.stderr).not.toContain('error:');
    expect(run.exitCode).toBe(0);
  });

  test('takes another port where the wanted one is busy, and says so', () => {
    expect(run.stderr).toContain(`Port ${busyPort} is busy`);
    expect(run.stdout).not.toContain(`:${busyPort}/`);
  });

  test('prints the addresses to try by hand', () => {
    for (const address of ['/demo/', '/cds-services', '/demo/fhir/DocumentReference']) {
      expect(run.stdout).toMatch(new RegExp(`http://127\\.0\\.0\\.1:\\d+${address}`));
    }
  });

  test('prints no colours under NO_COLOR', () => {
    expect(run.stdout).not.toContain('\u001b[');
  });

  test('finds most of the adverse events of the chart, without having seen it', () => {
    const [, found, due] = /(\d+) of (\d+) adverse events found/.exec(run.stdout) ?? [];
    expect(Number(due)).toBe(EXPECTED_CARDS.length);
    expect(Number(found)).toBeGreaterThan(EXPECTED_CARDS.length / 2);
  });

  test('passes the traps in silence', () => {
    const [, silent, traps] = /(\d+) of (\d+) traps passed/.exec(run.stdout) ?? [];
    expect(Number(traps)).toBe(EXPECTED_SILENCES.length);
    expect(Number(silent)).toBeGreaterThan(EXPECTED_SILENCES.length * 0.8);
  });
});
