// Builds and runs the HAPI FHIR server of test/fhir-server. Plain JavaScript without dependencies,
// so that scripts/test.mjs can start it once for the whole run.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../fhir-server', import.meta.url));
const target = join(folder, 'target');
const jar = join(target, 'fhir-test-server.jar');
const archive = join(target, 'fhir-test-server.jsa');
// Beside the jar, in a folder that git does not see; `mvn package` does not clean it.
const lock = join(target, 'building.lock');

const OLDEST_JDK = 17;
/** 10–20 s on an idle machine; a loaded one may take minutes. */
const START_TIMEOUT_MS = 300_000;
const BUILD_TIMEOUT_MS = 900_000;
/** The first end also writes the class-data archive. */
const STOP_TIMEOUT_MS = 120_000;
const LOG_TAIL_LINES = 30;

/** The bearer token that `<url>/../secured` asks for. */
export const HAPI_TOKEN = 'vigilnote-test-token';

/** @returns {Promise<string | undefined>} why HAPI cannot run on this machine, with what to install */
export async function hapiMissing() {
  const javac = spawnSync('javac', ['-version'], { encoding: 'utf8' });
  if (javac.error) return `no JDK on PATH (JDK ${OLDEST_JDK} or later: default-jdk-headless)`;
  const major = Number(/javac (\d+)/.exec(`${javac.stdout}${javac.stderr}`)?.[1]);
  if (!(major >= OLDEST_JDK)) return `JDK ${major} is too old; ${OLDEST_JDK} or later is needed`;
  if (spawnSync('mvn', ['-version'], { stdio: 'ignore' }).error) return 'no mvn on PATH (maven)';
  return undefined;
}

/**
 * Starts the server on a free port of 127.0.0.1, building it first where it is not built.
 *
 * @param {{ log?: (text: string) => void }} [options]
 * @returns {Promise<{ url: string, stop(): Promise<void> }>} `url` is the FHIR base, without a trailing slash
 * @throws Error with the last lines of the server's log when it does not come up
 */
export async function startHapiProcess({ log = () => {} } = {}) {
  await build(log);
  const started = Date.now();
  const child = spawn(
    'java',
    [
      ...['-Xmx768m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'],
      ...classDataArchive(),
      `-Dtoken=${HAPI_TOKEN}`,
      ...['-cp', `${jar}:${join(target, 'lib')}/*`],
      'org.vigilnote.test.FhirTestServer',
    ],
    { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  // Its death while we write or read is reported by the exit code.
  child.stdin.on('error', () => {});
  const tail = logTail(child);
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`exit code ${code ?? signal}`));
  });
  const stop = () => stopChild(child, ended);
  const port = await Promise.race([
    readyPort(child),
    ended.then((how) => {
      throw new Error(`HAPI FHIR ended before it was ready (${how}). Its log:\n${tail()}`);
    }),
    sleep(START_TIMEOUT_MS, undefined, { ref: false }).then(async () => {
      await stop();
      throw new Error(
        `HAPI FHIR was not ready within ${START_TIMEOUT_MS / 1000} s. Its log:\n${tail()}`,
      );
    }),
  ]);
  const url = `http://127.0.0.1:${port}/fhir`;
  await answers(`${url}/metadata`, tail);
  log(`HAPI FHIR R4 at ${url} after ${Math.round((Date.now() - started) / 1000)} s`);
  // A server that nobody stopped does not keep this process alive, and ends with it (stdin closes).
  child.unref();
  child.stdin.unref?.();
  child.stdout.unref?.();
  child.stderr.unref?.();
  return { url, stop };
}

/**
 * Class data kept from the first run lets later ones start in half the time. Writing it takes
 * some seconds when the server ends, which a machine that runs the tests only once can spare.
 */
function classDataArchive() {
  if (existsSync(archive)) return [`-XX:SharedArchiveFile=${archive}`];
  return process.env.CI === 'true' ? [] : [`-XX:ArchiveClassesAtExit=${archive}`];
}

/** One builds, the others wait for it: Jest workers may come here at the same time. */
async function build(log) {
  if (isBuilt()) return;
  await takeLock();
  try {
    if (isBuilt()) return;
    log('building test/fhir-server with Maven (the first time it fetches some 190 MB)');
    const child = spawn('mvn', ['-q', '-B', 'package'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: BUILD_TIMEOUT_MS,
    });
    const tail = logTail(child);
    const status = await new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(code ?? signal));
    });
    if (status !== 0) {
      throw new Error(`mvn package in test/fhir-server failed (${status}):\n${tail()}`);
    }
    rmSync(archive, { force: true });
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isBuilt() {
  if (!existsSync(jar) || !existsSync(join(target, 'lib'))) return false;
  const built = statSync(jar).mtimeMs;
  return sources().every((path) => statSync(path).mtimeMs <= built);
}

function sources() {
  const below = readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true });
  return [
    join(folder, 'pom.xml'),
    ...below.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)),
  ];
}

async function takeLock() {
  mkdirSync(target, { recursive: true });
  const deadline = Date.now() + BUILD_TIMEOUT_MS;
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isAlive(lockHolder())) rmSync(lock, { recursive: true, force: true });
    if (Date.now() > deadline)
      throw new Error(`test/fhir-server is being built too long: remove ${lock}`);
    await sleep(500);
  }
}

/** @returns {number | undefined} undefined also while the holder has not yet written its id */
function lockHolder() {
  try {
    return Number(readFileSync(join(lock, 'pid'), 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  if (pid === undefined) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function logTail(child) {
  let lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => {
      lines = [...lines, ...chunk.split('\n').filter(Boolean)].slice(-LOG_TAIL_LINES);
    });
  }
  return () => lines.join('\n');
}

function readyPort(child) {
  return new Promise((resolve) => {
    let text = '';
    child.stdout.on('data', function look(chunk) {
      text += chunk;
      const port = /^READY (\d+)$/m.exec(text)?.[1];
      if (!port) return;
      child.stdout.off('data', look);
      resolve(Number(port));
    });
  });
}

/** The first answer takes seconds: the server reads its own search parameters then. */
async function answers(url, tail) {
  const response = await fetch(url, { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
  await response.text();
  if (!response.ok) throw new Error(`HAPI FHIR answers ${response.status}. Its log:\n${tail()}`);
}

async function stopChild(child, ended) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  child.stdin.end();
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(killer);
}
