import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { StorageConfig } from '../../../../src/common/config/index.js';
import { mongodbStorage, sqliteStorage } from '../../../support/stores.js';
import { Registries } from '../registries.js';
import { desired } from './edits.js';
import { meaningOf } from './reference.model.js';

const kinds = [await sqliteStorage(), await mongodbStorage(), await mongodbStorage({ replicaSet: false })];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

const HOOKS = fileURLToPath(new URL('../../../support/transpiled-sources.mjs', import.meta.url));
const EDITOR = fileURLToPath(new URL('editor.entry.ts', import.meta.url));
const COUNT = 300;

/** Kills an editor some time after it said so many lines; answers the place of the last state that it was sure of. */
async function killedEditor(storage: StorageConfig, seed: number, lines: number): Promise<number> {
  const args = ['--import', HOOKS, EDITOR, JSON.stringify(storage), String(seed), String(COUNT)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = -1;
  let seen = 0;
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => {
    if (seen > 0) last = Number(line.split(' ')[0]);
    if (++seen === lines) setTimeout(() => child.kill('SIGKILL'), seed % 5);
  });
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(output, 'close')]);
  if (signal !== 'SIGKILL') throw new Error(`the editor ended by itself: ${String(code)}`);
  return last;
}

describe.each(kinds.filter((kind) => kind.available))('a process killed while it edits on $name', (kind) => {
  const registries = new Registries();
  afterEach(() => registries.end());

  it('leaves a state that it made, nothing lost of which it was sure, and a history that can be read', async () => {
    const storage = kind.fresh();
    for (const seed of [11, 22, 33, 44]) {
      const last = await killedEditor(storage, seed, 4 + (seed % 7));
      const states = fc.sample(desired, { seed, numRuns: COUNT });
      const { registry } = await registries.start(storage);
      const found = JSON.stringify(meaningOf(registry.current().state));
      const possible = [states[last], states[last + 1]].flatMap((state) =>
        state === undefined ? [] : [state],
      );
      expect(possible.map((state) => JSON.stringify(meaningOf(state)))).toContain(found);
      const revisions = await registry.revisions(1_000);
      expect(revisions.map(({ number }) => number)).toEqual(
        Array.from({ length: revisions.length }, (_, index) => revisions.length - index),
      );
      for (const { number } of revisions) {
        const text = JSON.stringify(await registry.stateAt(number));
        expect(JSON.stringify((await registry.rollback(number, { author: 'spec' })).state)).toBe(text);
      }
      await registries.end();
    }
  }, 180_000);
});
