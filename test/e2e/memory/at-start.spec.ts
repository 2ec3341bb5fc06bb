import { existsSync, readFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { configOf, Stage } from '../../support/balanced.js';

const run = promisify(execFile);
const stage = new Stage();

/**
 * What `docs/decisions/0007-memory-at-start.md` promises, MiB. Anonymous pages: how many of Node's own binary are mapped beside
 * them, clean and shared by all processes, is up to the file system (65 or 107 MiB were seen).
 */
const MOST_MIB = 120;

function anonymousMiB(pid: number): number {
  const [, kib] = /RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kib) / 1024;
}

it.runIf(existsSync('/proc/self/status'))(
  'a balancer with two workers and SQLite starts within its memory',
  async () => {
    const backend = await stage.backend();
    const balancer = await stage.balancer(
      configOf([{ name: 'shop', backends: [backend.url], health: { type: 'none' } }]),
      // As a user starts it: what a whole run of the tests shares takes some MiB.
      { env: { NODE_DISABLE_COMPILE_CACHE: '1' } },
    );
    expect(anonymousMiB(balancer.child.pid!)).toBeLessThanOrEqual(MOST_MIB);
  },
);

it('node:http comes without undici, and its exports are there for who asks for them', async () => {
  const { stdout } = await run(process.execPath, [
    '--import',
    './test/support/transpiled-sources.mjs',
    '--input-type=module',
    '--eval',
    `await import('./src/common/lean-http.ts');
     const { createServer } = await import('node:http');
     const isLoaded = () => process.moduleLoadList.some((name) => name.includes('undici'));
     const before = isLoaded();
     const kind = typeof process.getBuiltinModule('node:http').WebSocket;
     console.log(JSON.stringify({ server: typeof createServer, before, kind, after: isLoaded() }));`,
  ]);
  expect(JSON.parse(stdout)).toEqual({ server: 'function', before: false, kind: 'function', after: true });
});
