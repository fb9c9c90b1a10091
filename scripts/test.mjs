// `npm test`: brings the parts that the tests need (a HAPI FHIR server, Chromium), runs Jest, and
// closes with the counts alone on the last line. Further arguments go to Jest.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../test/support/chromium.mjs';
import { writeCoverage } from './coverage.mjs';

const PROJECTS = ['unit', 'integration', 'browser'];
const root = fileURLToPath(new URL('..', import.meta.url));
const results = join(root, 'coverage');
const strict = process.env.CI === 'true';
const { projects, jestArguments } = readArguments(process.argv.slice(2));

const counts = { passed: 0, failed: 0, skipped: 0 };
/** Test files that are left out, as their part is missing here. */
let leftOut = [];
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

installMissing();
if (projects.includes('browser') && !findChromium()) {
  cannotRun('browser tests', 'no Chromium on PATH (apt-get install chromium)');
}
const hapi = projects.includes('integration') ? await startHapi() : undefined;
try {
  // Unit tests share the cores; whose parts are one server and one browser go one after another.
  const alone = projects.filter((name) => name !== 'unit');
  if (projects.includes('unit')) runJest('unit', ['unit'], []);
  if (alone.length > 0) runJest('parts', alone, ['--runInBand']);
} finally {
  await hapi?.stop();
}
await writeCoverage(results);
const { passed, failed, skipped } = counts;
process.stdout.write(
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
);
process.exit(failed > 0 ? 1 : 0);

/** Takes `--selectProjects a b` out, which says what has to be brought. */
function readArguments(given) {
  const at = given.indexOf('--selectProjects');
  if (at < 0) return { projects: PROJECTS, jestArguments: given };
  const rest = given.slice(at + 1);
  const end = rest.findIndex((word) => !PROJECTS.includes(word));
  return {
    projects: end < 0 ? rest : rest.slice(0, end),
    jestArguments: [...given.slice(0, at), ...(end < 0 ? [] : rest.slice(end))],
  };
}

function say(text) {
  process.stdout.write(`tests: ${text}\n`);
}

/** A part that this machine does not have: said aloud, and under CI a failure. */
function cannotRun(part, reason, files = []) {
  say(`${part} ${strict ? 'CANNOT RUN' : 'skipped'}: ${reason}`);
  for (const file of files) say(`  not run: ${file}`);
  leftOut = [...leftOut, ...files];
  counts.skipped += files.length;
  if (strict) counts.failed += 1;
}

/** Integration tests that ask for a HAPI server. */
function hapiTests() {
  const folder = 'test/integration';
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`)
    .filter((file) => readFileSync(join(root, file), 'utf8').includes('support/hapi'));
}

/** Debian packages, as root and where they are absent; elsewhere the tests that need them are skipped. */
function installMissing() {
  const missing = [
    ...(projects.includes('browser') && !findChromium() ? ['chromium'] : []),
    ...(projects.includes('integration') && !answers('javac', '-version')
      ? ['default-jdk-headless']
      : []),
    ...(projects.includes('integration') && !answers('mvn', '-version') ? ['maven'] : []),
  ];
  if (missing.length === 0 || process.getuid?.() !== 0 || !answers('apt-get', '--version')) return;
  say(`installing with apt-get: ${missing.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...missing]]) {
    const run = spawnSync('apt-get', ['-q', ...args], { env, encoding: 'utf8' });
    if (run.status === 0) continue;
    const tail = run.stderr.trim().split('\n').slice(-3).join('\n');
    say(`apt-get ${args[0]} failed: ${tail}`);
    return;
  }
}

function answers(command, argument) {
  return spawnSync(command, [argument], { stdio: 'ignore' }).status === 0;
}

/** @returns {Promise<{ url: string, stop(): Promise<void> } | undefined>} */
async function startHapi() {
  const { hapiMissing, startHapiProcess } = await import('../test/support/hapi-process.mjs');
  const reason = await hapiMissing();
  if (reason) {
    cannotRun('tests against HAPI FHIR', reason, hapiTests());
    return undefined;
  }
  try {
    const server = await startHapiProcess({ log: say });
    process.env.VIGILNOTE_TEST_HAPI_URL = server.url;
    return server;
  } catch (error) {
    cannotRun('tests against HAPI FHIR', error.message, hapiTests());
    return undefined;
  }
}

function runJest(name, selected, options) {
  const outputFile = join(results, `${name}.json`);
  const run = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      ...['--coverage', '--coverageReporters=json', `--coverageDirectory=${join(results, name)}`],
      ...['--json', `--outputFile=${outputFile}`, '--passWithNoTests'],
      ...options,
      ...leftOut.flatMap((file) => ['--testPathIgnorePatterns', `/${file}$`]),
      ...jestArguments,
      ...['--selectProjects', ...selected],
    ],
    // Jest's own report goes to stderr, its JSON also to stdout, where nobody needs it.
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (!existsSync(outputFile)) {
    say(
      `Jest ended with ${run.status ?? run.signal} and left no results for ${selected.join(', ')}`,
    );
    counts.failed += 1;
    return;
  }
  const found = JSON.parse(readFileSync(outputFile, 'utf8'));
  counts.passed += found.numPassedTests;
  // A file that cannot be loaded has no tests to count; it is one failure.
  counts.failed += found.numFailedTests + found.numRuntimeErrorTestSuites;
  counts.skipped += found.numPendingTests + found.numTodoTests;
  if (run.status !== 0 && found.success) {
    say(`Jest ended with ${run.status ?? run.signal} although every test passed`);
    counts.failed += 1;
  }
}
