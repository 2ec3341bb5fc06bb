/*
 * Writes docs/benchmarks.md and docs/benchmarks.svg from the last results:
 *   npm run bench -- report [--out DIR]
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { type AllResults, benchmarkPage } from './support/benchmark-page.js';
import { costChart } from './support/cost.chart.js';
import { readOptions } from './support/options.js';
import { readResults } from './support/results.js';

const DOCS = path.resolve(import.meta.dirname, '../docs');
const PAGE = path.join(DOCS, 'benchmarks.md');

const options = readOptions({ rounds: 1, seconds: 1 });
const results: AllResults = {
  compare: readResults(options, 'compare'),
  curves: readResults(options, 'curves'),
  memory: readResults(options, 'memory'),
  profile: readResults(options, 'profile'),
};
if (Object.values(results).every((result) => result === null)) {
  console.error(
    `bench: no results in ${options.out}. Run \`npm run bench -- compare\` first, or name them with --out`,
  );
  process.exit(2);
}
const layout = await resolveConfig(PAGE);
writeFileSync(PAGE, await format(benchmarkPage(results), { ...layout, parser: 'markdown' }));
console.log('wrote docs/benchmarks.md');
if (results.compare !== null) {
  const { body, machine } = results.compare;
  writeFileSync(path.join(DOCS, 'benchmarks.svg'), costChart(body, `${machine.cpu}, ${machine.cores} cores`));
  console.log('wrote docs/benchmarks.svg');
}
