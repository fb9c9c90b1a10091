/**
 * What a .dockerignore leaves of the context: the last pattern that matches a path, or a folder that
 * holds it, decides. https://docs.docker.com/build/concepts/context/#dockerignore-files
 * @param text the file; `*`, `**`, `?` and `!` are understood
 * @returns whether a path (relative, with `/`) is left out
 */
export function ignoreRules(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({
      leavesOut: !line.startsWith('!'),
      pattern: patternOf(line.replace(/^!/, '').replace(/^\/|\/$/g, '')),
    }));
  return (path) => {
    const last = rules.findLast(({ pattern }) => pattern.test(path));
    return last?.leavesOut ?? false;
  };
}

function patternOf(glob: string): RegExp {
  const source = glob.replace(/\*\*\/?|[*?]|[.+^${}()|[\]\\]/g, (special) => {
    if (special.startsWith('**')) return '(?:.*)';
    if (special === '*') return '[^/]*';
    if (special === '?') return '[^/]';
    return `\\${special}`;
  });
  return new RegExp(`^${source}(?:/.*)?$`);
}
