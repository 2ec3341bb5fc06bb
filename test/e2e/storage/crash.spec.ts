import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { StorageConfig } from '../../../src/common/config/index.js';
import { mongodbStorage, openStores, sqliteStorage } from '../../support/stores.js';
import { stored, uniformState } from './states.js';

const kinds = [await sqliteStorage(), await mongodbStorage(), await mongodbStorage({ replicaSet: false })];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

const HOOKS = fileURLToPath(new URL('../../support/transpiled-sources.mjs', import.meta.url));
const COMMITTER = fileURLToPath(new URL('committer.entry.ts', import.meta.url));

/** Lets a process commit, kills it `afterMs` after one of its commits; answers the number of the last one it was sure of. */
async function killedCommitter(storage: StorageConfig, commits: number, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, ['--import', HOOKS, COMMITTER, JSON.stringify(storage)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = 0;
  let seen = 0;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    last = Number(line);
    if (++seen === commits) setTimeout(() => child.kill('SIGKILL'), afterMs);
  });
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  if (signal !== 'SIGKILL') throw new Error(`the committer ended by itself: ${String(code)}`);
  return last;
}

describe.each(kinds.filter((kind) => kind.available))(
  'a process killed while it commits to $name',
  (kind) => {
    it('leaves a whole state, at least the last one that it was sure of', async () => {
      const storage = kind.fresh();
      for (const [round, afterMs] of [0, 1, 3].entries()) {
        const last = await killedCommitter(storage, 5 + round, afterMs);
        const stores = await openStores(storage);
        const found = await stores.registry.load();
        const number = found?.revision.number ?? 0;
        expect(number).toBeGreaterThanOrEqual(last);
        expect(number).toBeLessThanOrEqual(last + 1);
        expect(found).toEqual(stored(number, uniformState(number)));
        await stores.close();
      }
    });
  },
);
