import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { readConfiguration } from '../../src/server/configuration.ts';

const root = join(import.meta.dirname, '../..');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

const runnable = pages.flatMap((page) =>
  [...textOf(page).matchAll(/^```sh runnable\n([\s\S]*?)^```$/gm)].map(([, script = '']) => ({
    page,
    script: script.trim(),
  })),
);

/** As a reader's shell has it: nothing of the tests in the environment. */
function readersEnvironment(): NodeJS.ProcessEnv {
  const ours = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('VIGILNOTE_') && name !== 'NODE_OPTIONS',
  );
  return Object.fromEntries(ours);
}

describe('the commands of the documentation', () => {
  test('there are some for each kind of reader', () => {
    const withCommands = new Set(runnable.map(({ page }) => page));
    for (const reader of ['operators', 'reviewers', 'contributors']) {
      expect(withCommands).toContain(`docs/${reader}.md`);
    }
  });

  test.each(runnable)('$page: $script', async ({ script }) => {
    const run = promisify(execFile);
    await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: root, env: readersEnvironment() });
  });

  test.each(pages)('links of %s lead to files of the repository', (page) => {
    const targets = [...textOf(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
      ([, target = '']) => target,
    );
    for (const target of targets) {
      const path = join(root, page, '..', target);
      expect(() => readFileSync(path)).not.toThrow();
    }
  });

  test.each(pages)('npm scripts that %s names are there', (page) => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    for (const [, name = ''] of textOf(page).matchAll(/npm run (?:--silent )?([\w:-]+)/g)) {
      expect(Object.keys(scripts)).toContain(name);
    }
  });

  test('docs/operators.md has every variable of the configuration, and no other', () => {
    let message = '';
    try {
      readConfiguration({ VIGILNOTE_NO_SUCH_THING: '1' });
    } catch (error) {
      message = String(error);
    }
    const known = [...(message.split('there are')[1]?.matchAll(/VIGILNOTE_\w+/g) ?? [])].map(
      String,
    );
    expect(known.length).toBeGreaterThan(10);
    const documented = [...textOf('docs/operators.md').matchAll(/^\| `(VIGILNOTE_\w+)`/gm)].map(
      ([, name]) => name,
    );
    expect(documented.toSorted()).toEqual(known.toSorted());
  });
});
