import { randomUUID } from 'node:crypto';
import { readFileSync, unlinkSync } from 'node:fs';
import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { DatabaseError } from './database-error.ts';

export const LOCK_FILE = 'vigilnote.lock';
const TAKEOVER_FILE = 'vigilnote.lock.takeover';
/** How often the holder shows that it is alive. */
const HEARTBEAT_MS = 5_000;
/** A holder that cannot be asked (another host, another container) is gone after this silence. */
const SILENT_AFTER_MS = 30_000;
const TRIES = 5;

const holderSchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** Made anew for each lock, so that a holder knows its own. */
  token: z.string(),
  /** When the process started, as its system tells it: a pid is used again. */
  processStart: z.string().optional(),
});
type Holder = z.infer<typeof holderSchema>;

/** Locks that this process holds: its own pid in a lock file may be from an earlier container. */
const held = new Set<string>();

export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Takes a directory for this process, creating it where it is not there. The lock of a process that
 * is gone is taken over.
 *
 * @throws DatabaseError when another process has it
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, LOCK_FILE);
  const token = randomUUID();
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    token,
    ...(processStart(process.pid) !== undefined && { processStart: processStart(process.pid) }),
  };
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (await createFile(path, JSON.stringify(holder))) return keepAlive(path, token);
    const other = await readHolder(path);
    if (other && !(await isGone(path, other))) throw inUse(directory, other);
    await takeOver(directory, path, other);
  }
  throw new DatabaseError(
    `The lock of ${directory} could not be taken: others are taking it at the same time. Start once more.`,
  );
}

function inUse(directory: string, { pid, host }: Holder): DatabaseError {
  const where = host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`;
  return new DatabaseError(
    `The database in ${directory} is in use by ${where}. The embedded database serves one process: ` +
      'stop that one, or give this one another directory (VIGILNOTE_DATABASE).',
  );
}

/** @returns false when the file is there already */
async function createFile(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(content);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The holder, or undefined where the file is gone or was never written to its end. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

async function isGone(path: string, { pid, host, token, processStart: start }: Holder) {
  if (pid === process.pid && host === hostname()) return !held.has(token);
  if (host === hostname()) {
    if (!isRunning(pid)) return true;
    const current = processStart(pid);
    return start !== undefined && current !== undefined && start !== current;
  }
  return (await ageMs(path)) > SILENT_AFTER_MS;
}

/** One process at a time looks again and removes what is stale, so that no fresh lock is removed. */
async function takeOver(directory: string, path: string, stale: Holder | undefined): Promise<void> {
  const takeover = join(directory, TAKEOVER_FILE);
  if (!(await createFile(takeover, ''))) {
    if ((await ageMs(takeover)) > SILENT_AFTER_MS) await rm(takeover, { force: true });
    await pause();
    return;
  }
  try {
    const current = await readHolder(path);
    // A file without a holder may be one that is being written just now: leave it a moment.
    const unwritten = current === undefined && (await ageMs(path)) < 1_000;
    if (unwritten) await pause();
    const again = unwritten ? await readHolder(path) : current;
    if (again?.token === stale?.token) await rm(path, { force: true });
  } finally {
    await rm(takeover, { force: true });
  }
}

function keepAlive(path: string, token: string): DirectoryLock {
  held.add(token);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  const removeAtExit = () => {
    try {
      if (isOwn(readFileSync(path, 'utf8'), token)) unlinkSync(path);
    } catch {
      // The next start finds that this process is gone.
    }
  };
  process.once('exit', removeAtExit);
  return {
    async release() {
      clearInterval(heartbeat);
      process.off('exit', removeAtExit);
      held.delete(token);
      const content = await readFile(path, 'utf8').catch(() => '');
      if (isOwn(content, token)) await rm(path, { force: true });
    },
  };
}

function isOwn(content: string, token: string): boolean {
  return content.includes(token);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/<pid>/stat, where there is such a file: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function processStart(pid: number): string | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in brackets, which may hold anything.
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

async function ageMs(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 200));
}
