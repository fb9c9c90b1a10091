import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Runs a program to its end, its output passed on. @throws Error with its exit status */
export function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ended with exit status ${status}`);
}

/** What a program prints; empty when it cannot be run. */
export function printed(command: string, args: readonly string[]): string {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout ?? '';
}

/** The Debian mirror that this machine's apt uses for a suite. */
export function mirrorOf(suite: string): string | undefined {
  return printed('apt-get', ['indextargets', '--format', '$(REPO_URI) $(RELEASE)'])
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, release]) => release === suite)?.[0];
}

/** A fresh Debian of the smallest kind. Needs root and debootstrap. */
export function makeBase(directory: string, suite: string): void {
  const mirror = mirrorOf(suite);
  run('debootstrap', ['--variant=minbase', suite, directory, ...(mirror ? [mirror] : [])]);
}

/**
 * Makes a Debian into what the official Node image is for us: Node and npm in /usr/local. Node is
 * the pinned one that runs this script, npm the machine's.
 */
export function addNode(directory: string): void {
  const bin = join(directory, 'usr/local/bin');
  copyFileSync(process.execPath, join(bin, 'node'));
  cpSync(packageOfNpm(), join(directory, 'usr/local/lib/node_modules/npm'), { recursive: true });
  for (const name of ['npm', 'npx']) {
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
  }
}

/** The folder that the `npm` on the PATH is a part of. */
function packageOfNpm(): string {
  const places = (process.env.PATH ?? '').split(':').map((folder) => join(folder, 'npm'));
  const found = places.find((path) => existsSync(path));
  if (!found) throw new Error('npm is not on the PATH');
  return dirname(dirname(realpathSync(found)));
}

/** What a build container is given of the machine: how to reach the network. Never part of an image. */
export function lendNetwork(directory: string): void {
  const files = ['/etc/resolv.conf', '/etc/hosts', process.env.NODE_EXTRA_CA_CERTS];
  for (const file of files) if (file) lend(file, join(directory, file));
  lend(join(homedir(), '.npmrc'), join(directory, 'root/.npmrc'));
}

function lend(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

export interface Process {
  readonly directory: string;
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Name of a user of the root; `root` where none is set. */
  readonly user: string;
}

/**
 * Starts a program in a root: with its own processes and /proc, which vanish with it, and only the
 * environment that it is given.
 */
export function start(words: readonly string[], process_: Process, stdio: 'inherit' | 'pipe') {
  const { directory, workingDirectory, environment, user } = process_;
  const variables = Object.entries({
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...environment,
  });
  return spawn(
    'unshare',
    [
      '--pid',
      '--fork',
      '--kill-child',
      `--mount-proc=${join(directory, 'proc')}`,
      'chroot',
      `--userspec=${user}`,
      directory,
      '/usr/bin/env',
      '-i',
      ...variables.map(([name, value]) => `${name}=${value}`),
      '/bin/sh',
      '-c',
      'cd "$0" && exec "$@"',
      workingDirectory,
      ...words,
    ],
    { stdio: ['ignore', stdio, stdio] },
  );
}

/** Runs a program in a root to its end. @throws Error with its exit status */
export async function runIn(words: readonly string[], process_: Process): Promise<void> {
  const child = start(words, process_, 'inherit');
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`${words[0]} ended with exit status ${status}`);
}
