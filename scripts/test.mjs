/** `npm test`: sets up what is missing, then lint, types, architecture, generated files, unit and end-to-end tests. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, root, toolEnvironment } from './setup.mjs';

ensureInstalled();
ensureBuilt();

const report = path.join(root, 'coverage', 'tests.json');
/** None of them keeps all processors busy: they run at the same time, and are told in this order. */
const checks = [
  ['lint', ['lint']],
  ['types', ['typecheck']],
  ['architecture', ['architecture']],
  ['generated files', ['generate', '--', '--check']],
];
const vitestArgs = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];

mkdirSync(path.dirname(report), { recursive: true });
rmSync(report, { force: true });
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const tell = (name, isOk, since) => {
  const seconds = ((Date.now() - since) / 1000).toFixed(1);
  console.log(`velocity: ${name}: ${isOk ? 'ok' : 'FAILED'} (${seconds} s)`);
  if (!isOk) failures.push(name);
};

console.log(`\nvelocity: ${checks.map(([name]) => name).join(', ')} ...`);
for (const { name, since, isOk, output } of checks.map(([name, script]) => check(name, script))) {
  const [text, ok] = await Promise.all([output, isOk]);
  if (text !== '') console.log(text);
  tell(name, ok, since);
  total[ok ? 'passed' : 'failed']++;
}

console.log('\nvelocity: unit and end-to-end tests ...');
const started = Date.now();
const ran = spawnSync('vitest', vitestArgs, {
  cwd: root,
  // Hundreds of processes load the same modules: what one has compiled is there for the others (a tenth less CPU in all).
  env: { ...toolEnvironment(), NODE_COMPILE_CACHE: path.join(root, 'node_modules', '.cache', 'compiled') },
  stdio: ['ignore', 'inherit', 'inherit'],
});
tell('unit and end-to-end tests', ran.status === 0, started);

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

/** Begins at once; its output is told as a whole, so that those of several do not mix. */
function check(name, script) {
  const child = spawn('npm', ['run', '-s', ...script], {
    cwd: root,
    env: toolEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pieces = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => pieces.push(piece));
  const ended = once(child, 'close');
  return {
    name,
    since: Date.now(),
    isOk: ended.then(([code]) => code === 0),
    output: ended.then(() => Buffer.concat(pieces).toString().trim()),
  };
}
