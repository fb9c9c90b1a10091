// Debian's Chromium for the tests and the screenshot script: Playwright's own build is not fetched.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** @returns {string | undefined} the executable: VIGILNOTE_TEST_CHROMIUM, or the first on PATH */
export function findChromium(environment = process.env) {
  if (environment.VIGILNOTE_TEST_CHROMIUM) return environment.VIGILNOTE_TEST_CHROMIUM;
  const folders = (environment.PATH ?? '').split(delimiter).filter(Boolean);
  for (const name of NAMES) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (found) return found;
  }
  return undefined;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @returns {Promise<import('playwright-core').Browser>}
 * @throws Error when there is no Chromium
 */
export async function launchChromium() {
  const executablePath = findChromium();
  if (!executablePath) {
    throw new Error(
      'no Chromium on PATH: apt-get install chromium, or set VIGILNOTE_TEST_CHROMIUM',
    );
  }
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
