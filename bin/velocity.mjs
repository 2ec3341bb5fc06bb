#!/usr/bin/env node
/** The installed command. Runs the built balancer on a Node that is new enough, or says what is missing. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const entry = path.join(root, 'dist', 'main.js');
const pinned = path.join(root, 'node_modules', 'node', 'bin', 'node');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (!existsSync(entry)) {
  console.error('velocity: not built yet. Run `npm start` once, or `npm ci && npm run build`.');
  process.exit(1);
}
if (major > 24 || (major === 24 && minor >= 15)) {
  await import(pathToFileURL(entry).href);
} else if (existsSync(pinned)) {
  const velocity = spawn(pinned, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal signals both of us; whoever signals only this process means the balancer.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => velocity.kill('SIGTERM'));
  velocity.on('exit', (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1);
  });
} else {
  console.error(
    `velocity: needs Node 24.15 or newer, this is ${process.versions.node} (${process.execPath}). Install a newer one from https://nodejs.org.`,
  );
  process.exit(1);
}
