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
const DASHBOARD_STAMP = path.join(root, 'dist', '.dashboard-built');

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

/** Builds what is older than its sources: the server, and the dashboard that it serves. */
export function ensureBuilt() {
  const manifests = ['tsconfig.json', 'package.json'];
  if (isStale(BUILT_STAMP, ['src', 'tsconfig.build.json', 'nest-cli.json', ...manifests])) {
    console.log('velocity: building ...');
    rmSync(path.join(root, 'dist'), { recursive: true, force: true });
    run('nest', ['build']);
    stamp(BUILT_STAMP);
  }
  if (isStale(DASHBOARD_STAMP, ['dashboard', ...manifests])) {
    console.log('velocity: building the dashboard ...');
    run('vite', ['build', 'dashboard', '--logLevel', 'warn']);
    stamp(DASHBOARD_STAMP);
  }
}

function isStale(built, sources) {
  if (!existsSync(built)) return true;
  return statSync(built).mtimeMs <= Math.max(...sources.map((name) => newestChange(path.join(root, name))));
}

function stamp(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
}

function newestChange(file) {
  const stat = statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(file).reduce(
    (newest, name) => Math.max(newest, newestChange(path.join(file, name))),
    stat.mtimeMs,
  );
}
