/** `npm run bench -- NAME [ARG ...]`: runs one measurement of `bench/`; without a name, lists them. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, nodeBinary, root, toolEnvironment } from './setup.mjs';

ensureInstalled();
ensureBuilt();

const folder = path.join(root, 'bench');
const files = new Map(
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|mjs)$/.test(entry.name))
    .map(({ name }) => [path.parse(name).name, name]),
);
const [name, ...args] = process.argv.slice(2);
const file = files.get(name ?? '');
if (file === undefined) {
  console.error(`Which one? npm run bench -- ${[...files.keys()].join(' | ')}`);
  process.exit(2);
}
// Sources in TypeScript run as they are, through the loader that the tests' threads use.
const loader = file.endsWith('.ts') ? ['--import', './test/support/transpiled-sources.mjs'] : [];
const measurement = spawn(nodeBinary, [...loader, path.join(folder, file), ...args], {
  cwd: root,
  env: toolEnvironment(),
  stdio: 'inherit',
});
// It ends what it started by itself: we only pass on who wants it to end. Ctrl-C reaches both of us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => measurement.kill(signal));
measurement.on('exit', (code) => (process.exitCode = code ?? 1));
