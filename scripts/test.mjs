/** `npm test`: sets up what is missing, then lint, types, architecture, generated files, unit and end-to-end tests. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, root, toolEnvironment } from './setup.mjs';

ensureInstalled();
ensureBuilt();

const report = path.join(root, 'coverage', 'tests.json');
const steps = [
  ['lint', 'npm', ['run', '-s', 'lint']],
  ['types', 'npm', ['run', '-s', 'typecheck']],
  ['architecture', 'npm', ['run', '-s', 'architecture']],
  ['generated files', 'npm', ['run', '-s', 'generate', '--', '--check']],
  [
    'unit and end-to-end tests',
    'vitest',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  ],
];

mkdirSync(path.dirname(report), { recursive: true });
rmSync(report, { force: true });
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
for (const [name, command, args] of steps) {
  console.log(`\nvelocity: ${name} ...`);
  const started = Date.now();
  const done = spawnSync(command, args, {
    cwd: root,
    env: toolEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  console.log(
    `velocity: ${name}: ${done.status === 0 ? 'ok' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
  );
  if (done.status !== 0) failures.push(name);
  if (command !== 'vitest') total[done.status === 0 ? 'passed' : 'failed']++;
}

if (existsSync(report)) {
  const tests = JSON.parse(readFileSync(report, 'utf8'));
  total.passed += tests.numPassedTests;
  total.failed += tests.numFailedTests;
  total.skipped += tests.numPendingTests + tests.numTodoTests;
}
// A run that failed outside of a test (a file that does not load, an error after the end) is a failure too.
if (failures.length > 0 && total.failed === 0) total.failed = failures.length;

if (failures.length > 0) console.log(`\nvelocity: failed: ${failures.join(', ')}`);
console.log(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`,
);
process.exit(failures.length > 0 || total.failed > 0 ? 1 : 0);
