/**
 * Installs and builds what is missing, and says so. Runs on any Node from 18 on, without node_modules.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** The Node that the package `node` pins: what everything runs on, whatever the machine has. */
export const nodeBinary = path.join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

const INSTALLED_STAMP = path.join(root, 'node_modules', '.velocity-installed');
const BUILT_STAMP = path.join(root, 'dist', '.built');

/** Environment in which child processes find the pinned Node and the project's own tools first. */
export function toolEnvironment() {
  const tools = [path.join(root, 'node_modules', '.bin'), path.dirname(nodeBinary)];
  return { ...process.env, PATH: [...tools, process.env.PATH].join(path.delimiter) };
}

/** Runs a command in the project's root and ends this process with its code when it fails. */
function run(command, args) {
  const done = spawnSync(command, args, {
    cwd: root,
    env: toolEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (done.error) {
    console.error(`velocity: cannot run ${command}: ${done.error.message}`);
    process.exit(1);
  }
  if (done.status !== 0) {
    console.error(`velocity: \`${command} ${args.join(' ')}\` failed.`);
    process.exit(done.status ?? 1);
  }
}

export function ensureInstalled() {
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (
    existsSync(nodeBinary) &&
    existsSync(INSTALLED_STAMP) &&
    readFileSync(INSTALLED_STAMP, 'utf8') === wanted
  ) {
    return;
  }
  console.log('velocity: installing packages (once, about a minute) ...');
  // Not `npm ci`: it refuses a lock file that lacks the optional binaries of other platforms.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  if (!existsSync(nodeBinary)) {
    console.error('velocity: the package `node` did not install its binary; is its install script allowed?');
    process.exit(1);
  }
  writeFileSync(INSTALLED_STAMP, wanted);
}

export function ensureBuilt() {
  const sources = ['src', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package.json'];
  const newest = Math.max(...sources.map((name) => newestChange(path.join(root, name))));
  if (existsSync(BUILT_STAMP) && statSync(BUILT_STAMP).mtimeMs > newest) return;
  console.log('velocity: building ...');
  rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  run('nest', ['build']);
  mkdirSync(path.dirname(BUILT_STAMP), { recursive: true });
  writeFileSync(BUILT_STAMP, '');
}

function newestChange(file) {
  const stat = statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(file).reduce(
    (newest, name) => Math.max(newest, newestChange(path.join(file, name))),
    stat.mtimeMs,
  );
}
