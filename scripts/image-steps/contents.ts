import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What an image for production has no use for: build tools, package managers of npm, tests. */
const ABSENT = [
  'usr/local/bin/npm',
  'usr/local/lib/node_modules',
  'usr/bin/gcc',
  'usr/bin/make',
  'usr/bin/python3',
  'usr/bin/git',
  'root/.npmrc',
  'app/test',
  'app/models/training',
  'app/models/jnrf/goldens',
  'app/node_modules/jest',
  'app/node_modules/typescript',
  'app/node_modules/node',
] as const;

const PRESENT = [
  'usr/local/bin/node',
  'app/package.json',
  'app/src/cli/main.ts',
  'app/hooks/services.ts',
  'app/mappings/starter/manifest.json',
  'app/models/jnrf/manifest.json',
  `app/node_modules/onnxruntime-node/bin/napi-v6/linux/${process.arch}`,
] as const;

/**
 * Looks whether the final image holds what it should, and nothing that it should not.
 * @throws Error naming every file that is wrong
 */
export function checkContents(directory: string, say: (text: string) => void): void {
  const wrong = [
    ...ABSENT.filter((path) => existsSync(join(directory, path))).map((path) => `${path} is there`),
    ...PRESENT.filter((path) => !existsSync(join(directory, path))).map(
      (path) => `${path} is missing`,
    ),
    ...foreignPlatforms(directory).map((path) => `${path} is of another platform`),
  ];
  if (wrong.length > 0) throw new Error(`in the image: ${wrong.join('; ')}`);
  const megabytes = Math.round(sizeOf(join(directory, 'app')) / 1e6);
  say(`contents: no npm, no build tools, no development packages; /app holds ${megabytes} MB`);
}

function foreignPlatforms(directory: string): string[] {
  const folder = join(directory, 'app/node_modules/onnxruntime-node/bin/napi-v6');
  return readdirSync(folder)
    .flatMap((platform) => readdirSync(join(folder, platform)).map((arch) => `${platform}/${arch}`))
    .filter((name) => name !== `linux/${process.arch}`);
}

function sizeOf(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
