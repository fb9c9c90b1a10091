// Carries out the steps of a Dockerfile target in a clean Debian root without Docker, starts the
// service from it as its own user, and asks it for /health and its discovery:
//
//   sudo node scripts/image-steps.ts [TARGET] [--base DIRECTORY]
//
// TARGET is `cpu` unless given. DIRECTORY is a root that debootstrap made; without it a fresh one is
// made and removed again.
// Needs root, debootstrap and util-linux (unshare). Where one is absent it says so and ends with
// exit status 0, under CI=true with 1.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildStages } from './image-steps/build.ts';
import { checkContents } from './image-steps/contents.ts';
import { parseDockerfile, stagesFor } from './image-steps/dockerfile.ts';
import { makeBase, printed } from './image-steps/root.ts';
import { checkService } from './image-steps/service.ts';

const SUITE = 'bookworm';
const context = fileURLToPath(new URL('..', import.meta.url));

function say(text: string): void {
  process.stdout.write(`image: ${text}\n`);
}

/** Why the steps cannot be carried out on this machine. */
function obstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'it needs root, for debootstrap and chroot';
  for (const program of ['debootstrap', 'unshare', 'npm']) {
    if (printed(program, ['--version']) === '') return `${program} is not installed`;
  }
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function carryOut(target: string, givenBase: string | undefined): Promise<void> {
  const workDirectory = mkdtempSync(join(tmpdir(), 'vigilnote-image-'));
  try {
    const dockerfile = parseDockerfile(readFileSync(join(context, 'Dockerfile'), 'utf8'));
    const stages = stagesFor(dockerfile, target);
    const base = givenBase ?? join(workDirectory, 'base');
    if (!givenBase) {
      say(`making a clean ${SUITE} with debootstrap`);
      makeBase(base, SUITE);
    }
    const built = await buildStages(stages, {
      context,
      base,
      workDirectory,
      globalArguments: dockerfile.globalArguments,
      say,
    });
    const image = built.get(target);
    if (!image) throw new Error(`the target ${target} was not built`);
    checkContents(image.directory, say);
    await checkService(image, await freePort(), say);
    say('every step was carried out, and the service answers');
  } catch (error) {
    // Said before the roots are removed, which takes its time.
    say(`failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    tearDown(workDirectory);
  }
}

/** Nothing is mounted there any more: what was mounted went with the processes that it was for. */
function tearDown(workDirectory: string): void {
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  if (mounts.includes(`${workDirectory}/`)) {
    say(`something is still mounted under ${workDirectory}: left as it is`);
    return;
  }
  rmSync(workDirectory, { recursive: true, force: true });
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { base: { type: 'string' } },
});
const reason = obstacle();
if (reason) {
  say(`skipped: ${reason}`);
  process.exitCode = process.env.CI === 'true' ? 1 : 0;
} else {
  await carryOut(positionals[0] ?? 'cpu', values.base);
}
