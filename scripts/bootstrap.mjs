// Makes a fresh clone ready to run: `npm ci` when packages are missing or the lock file changed,
// and Node 24 under node_modules/.bin, which npm scripts find first. No dependencies; runs on the
// machine's own Node from version 20 on. Called by `predemo` and `pretest`; harmless to call again.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MINIMUM_NODE = 20;
const root = fileURLToPath(new URL('..', import.meta.url));
const pinnedNode = readJson('package.json').devDependencies.node;

checkNode();
const missing = missingPackage();
if (missing) {
  say(`installing packages with npm ci (${missing}); the first time takes about a minute`);
  npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}
if (installedNode() !== pinnedNode) {
  // npm may be set not to run the install script that puts the binary in place (ignore-scripts;
  // npm 12 runs only those that allowScripts in package.json names): then it is run here.
  say(`installing Node ${pinnedNode}, the version that Vigilnote runs on`);
  installNode();
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`vigilnote: ${text}\n`);
}

/**
 * Ends with exit status 1.
 * @param {string} text what was wrong and what to do
 * @returns {never}
 */
function fail(text) {
  say(text);
  process.exit(1);
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < MINIMUM_NODE) {
    fail(
      `Node ${process.versions.node} is too old to install the packages: ` +
        `install Node ${MINIMUM_NODE} or later (https://nodejs.org) and run the command again.`,
    );
  }
}

/**
 * Compares the lock file with what npm says it installed.
 * @returns {string | undefined} why `npm ci` is needed
 */
function missingPackage() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return 'none are there yet';
  const installed = readJson('node_modules/.package-lock.json').packages;
  for (const [path, wanted] of Object.entries(readJson('package-lock.json').packages)) {
    if (path === '') continue;
    const found = installed[path];
    if (!found && wanted.optional) continue; // for another platform
    if (found?.version !== wanted.version || found?.integrity !== wanted.integrity) {
      return `${path.replace('node_modules/', '')} is not ${wanted.version}`;
    }
  }
  return undefined;
}

/** @returns {string | undefined} version of the Node under node_modules/.bin, without the v */
function installedNode() {
  const binary = join(
    root,
    'node_modules/.bin',
    process.platform === 'win32' ? 'node.cmd' : 'node',
  );
  const run = spawnSync(binary, ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return run.status === 0 ? run.stdout.trim().replace(/^v/, '') : undefined;
}

function installNode() {
  const script = 'installArchSpecificPackage.js';
  const run = spawnSync(process.execPath, [script], {
    cwd: join(root, 'node_modules/node'),
    encoding: 'utf8',
    env: environment(),
  });
  const link = join(root, 'node_modules/.bin/node');
  // npm links only what was there when it finished.
  if (run.status === 0 && process.platform !== 'win32' && !existsSync(link)) {
    symlinkSync('../node/bin/node', link);
  }
  const version = installedNode();
  if (version === pinnedNode) return;
  fail(
    `Node ${pinnedNode} could not be installed (found ${version ?? 'none'} under node_modules/.bin).\n` +
      explain(`${run.stdout ?? ''}${run.stderr ?? ''}`),
  );
}

/** @param {string[]} args */
function npm(args) {
  // Under `npm run`, npm names itself and the Node it runs on: the same ones go on.
  const cli = process.env.npm_execpath;
  const [command, first] = cli?.endsWith('npm-cli.js')
    ? [process.env.npm_node_execpath ?? process.execPath, [cli]]
    : ['npm', []];
  const run = spawnSync(command, [...first, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (run.error?.code === 'ENOENT') {
    fail(
      'npm was not found: install Node with npm (https://nodejs.org) and run the command again.',
    );
  }
  if (run.status !== 0) fail(`npm ${args[0]} failed.\n${explain(`${run.stdout}${run.stderr}`)}`);
}

function environment() {
  return {
    ...process.env,
    // Else onnxruntime-node's install script downloads the CUDA libraries, which a laptop does not need.
    ONNXRUNTIME_NODE_INSTALL: 'skip',
    // Playwright drives the machine's own Chromium.
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
  };
}

/**
 * @param {string} output what npm printed
 * @returns {string} its last lines, and what to do where that is known
 */
function explain(output) {
  const tail = output.trim().split('\n').slice(-12).join('\n');
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i.test(output)) {
    return `${tail}\nThe package registry could not be reached: check the network, the proxy (npm config get proxy) and the registry (npm config get registry), then run the command again.`;
  }
  if (/ENOSPC/.test(output)) return `${tail}\nThe disk is full: about 1 GB is needed.`;
  if (/EACCES|EPERM/.test(output)) {
    return `${tail}\nThe folder cannot be written: check who owns ${root} and npm's cache.`;
  }
  return tail;
}
