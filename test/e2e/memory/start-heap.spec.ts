import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

interface Grown {
  readonly held: number;
  readonly worker: number;
  readonly released: number;
}

async function youngGenerations(nodeOptions: readonly string[], given: readonly string[]): Promise<Grown> {
  const { stdout } = await run(process.execPath, [
    ...nodeOptions,
    '--import',
    './test/support/transpiled-sources.mjs',
    './test/e2e/memory/young-generation.entry.mjs',
    ...given,
  ]);
  return JSON.parse(stdout) as Grown;
}

it('keeps the young generation small while it is held, and gives workers and the main thread the ordinary one then', async () => {
  const { held, worker, released } = await youngGenerations([], []);
  expect(held).toBeLessThanOrEqual(20);
  expect(worker).toBeGreaterThanOrEqual(24);
  expect(released).toBeGreaterThanOrEqual(24);
});

it('does nothing when a size was given: the young generation grows from the start', async () => {
  expect((await youngGenerations([], ['--max-semi-space-size=16'])).held).toBeGreaterThanOrEqual(24);
});

it('leaves sizes that somebody gave to Node as they are', async () => {
  const option = '--max-semi-space-size=2';
  const { held, worker, released } = await youngGenerations([option], [option]);
  for (const grown of [held, worker, released]) expect(grown).toBeLessThanOrEqual(8);
});
