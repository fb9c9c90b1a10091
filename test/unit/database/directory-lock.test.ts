import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LOCK_FILE, lockDirectory } from '../../../src/database/directory-lock.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vigilnote-lock-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function holder(changes: object = {}): string {
  return JSON.stringify({ pid: process.pid, host: hostname(), token: 'another', ...changes });
}

async function writeLock(content: string, ageSeconds = 0): Promise<void> {
  const path = join(directory, LOCK_FILE);
  await writeFile(path, content);
  const then = Date.now() / 1000 - ageSeconds;
  await utimes(path, then, then);
}

/** The pid of a process that has ended. */
function endedPid(): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    child.once('exit', () => resolve(child.pid ?? 0));
  });
}

describe('a lock that is there', () => {
  test('keeps a second one out until it is released', async () => {
    const lock = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toThrow(/in use by process \d+/);
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
  });

  test('of a running process keeps us out', async () => {
    await writeLock(holder({ pid: process.ppid }));
    await expect(lockDirectory(directory)).rejects.toThrow(`in use by process ${process.ppid}.`);
  });

  test('of another host that shows itself alive keeps us out', async () => {
    await writeLock(holder({ host: 'elsewhere', pid: 1 }), 10);
    await expect(lockDirectory(directory)).rejects.toThrow(/in use by process 1 on elsewhere/);
  });
});

describe('a lock that was left behind is taken over', () => {
  test.each([
    ['of a process that has ended', async () => writeLock(holder({ pid: await endedPid() }))],
    ['with our pid that is none of ours: an earlier container', () => writeLock(holder())],
    [
      'of a pid that another process has now',
      () => writeLock(holder({ pid: process.ppid, processStart: '1' })),
    ],
    ['of another host that has been silent', () => writeLock(holder({ host: 'elsewhere' }), 60)],
    ['that was never written to its end', () => writeLock('{"pid":', 60)],
  ])('%s', async (_, leave) => {
    await leave();
    const lock = await lockDirectory(directory);
    const content = JSON.parse(await readFile(join(directory, LOCK_FILE), 'utf8'));
    expect(content).toMatchObject({ pid: process.pid, host: hostname() });
    expect(content.token).not.toBe('another');
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
  });
});

test('of many that come at once over a stale lock, one gets it', async () => {
  await writeLock(holder({ pid: await endedPid() }));
  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockDirectory(directory)));
  const locks = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(locks).toHaveLength(1);
  await locks[0]?.release();
});

test('a released lock does not remove the one of its successor', async () => {
  const lock = await lockDirectory(directory);
  await writeLock(holder({ token: 'successor' }));
  await lock.release();
  expect(await readdir(directory)).toEqual([LOCK_FILE]);
});
