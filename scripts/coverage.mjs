// Puts the coverage of the Jest runs together: a summary on stdout, lcov for tools.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import coverage from 'istanbul-lib-coverage';
import report from 'istanbul-lib-report';
import reports from 'istanbul-reports';

/**
 * @param {string} folder holds one folder a run, each with coverage-final.json
 */
export async function writeCoverage(folder) {
  const merged = coverage.createCoverageMap();
  for (const name of readdirSync(folder)) {
    const file = join(folder, name, 'coverage-final.json');
    if (existsSync(file)) merged.merge(JSON.parse(readFileSync(file, 'utf8')));
  }
  const context = report.createContext({ dir: folder, coverageMap: merged });
  for (const name of ['text-summary', 'lcovonly']) reports.create(name).execute(context);
}
