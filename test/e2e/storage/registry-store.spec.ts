import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { StoredRegistry } from '../../../src/modules/registry/index.js';
import { mongodbStorage, openStores, sqliteStorage, type Stores } from '../../support/stores.js';
import { commitOf, service, state, stored, uniformState } from './states.js';

const HOOKS = fileURLToPath(new URL('../../support/transpiled-sources.mjs', import.meta.url));
const COMMITTER = fileURLToPath(new URL('committer.entry.ts', import.meta.url));

const kinds = [await sqliteStorage(), await mongodbStorage(), await mongodbStorage({ replicaSet: false })];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

describe.each(kinds.filter((kind) => kind.available))('registry store on $name', (kind) => {
  const open: Stores[] = [];
  afterEach(async () => {
    for (const stores of open.splice(0)) await stores.close();
  });
  const on = async (storage = kind.fresh()) => {
    const stores = await openStores(storage);
    open.push(stores);
    return stores.registry;
  };

  it('answers null before the first commit, then exactly what was committed', async () => {
    const storage = kind.fresh();
    const registry = await on(storage);
    expect(await registry.load()).toBeNull();
    const first = stored(1, state(service('b', 1, 2, 3), service('a', 4)));
    await registry.commit(commitOf(null, first));
    expect(await registry.load()).toEqual(first);
    expect(await (await on(storage)).load()).toEqual(first);
  });

  it('writes the difference: changed, added, removed and reordered services and backends', async () => {
    const storage = kind.fresh();
    const registry = await on(storage);
    const kept = service('kept', 1, 2);
    const steps = [
      state(kept, service('gone', 3), service('changed', 4, 5, 6)),
      state(kept, service('changed', 6, 4), service('new', 7)),
      state(service('new', 7), kept, service('changed')),
      { ...state(kept, service('new', 8)), trustedProxies: [], defaults: {} },
      state(),
    ];
    let before: StoredRegistry | null = null;
    for (const [index, desired] of steps.entries()) {
      const next: StoredRegistry = stored(
        index + 1,
        desired,
        index % 2 === 0 ? desired : (before?.appliedFile ?? desired),
      );
      await registry.commit(commitOf(before, next));
      expect(await (await on(storage)).load()).toEqual(next);
      before = next;
    }
  });

  it('refuses a commit on another revision than the stored one and changes nothing', async () => {
    const storage = kind.fresh();
    const [mine, theirs] = [await on(storage), await on(storage)];
    const first = stored(1, state(service('a', 1)));
    await mine.commit(commitOf(null, first));
    await expect(theirs.commit(commitOf(null, stored(1, state(service('x', 9)))))).rejects.toMatchObject({
      code: 'REVISION_CONFLICT',
    });
    const second = stored(2, state(service('a', 2)));
    await theirs.load();
    await theirs.commit(commitOf(first, second));
    await expect(mine.commit(commitOf(first, stored(2, state(service('a', 3)))))).rejects.toMatchObject({
      code: 'REVISION_CONFLICT',
    });
    expect(await mine.load()).toEqual(second);
    expect(await mine.revisions(10)).toHaveLength(2);
  });

  it('lets exactly one of several writers win each revision', async () => {
    const storage = kind.fresh();
    const first = stored(1, state(service('a', 1)));
    const writers = [await on(storage), await on(storage), await on(storage)];
    await writers[0]?.commit(commitOf(null, first));
    let current = first;
    for (let round = 0; round < 5; round++) {
      const nexts = writers.map((_, index) =>
        stored(current.revision.number + 1, state(service('a', 100 + round, 200 + index))),
      );
      const ends = await Promise.allSettled(
        writers.map((writer, index) => writer.commit(commitOf(current, nexts[index] as StoredRegistry))),
      );
      const winners = ends.flatMap((end, index) => (end.status === 'fulfilled' ? [index] : []));
      expect(winners).toHaveLength(1);
      const losers = ends.filter((end) => end.status === 'rejected');
      expect(losers.map((end) => (end.reason as { code: string }).code)).toEqual([
        'REVISION_CONFLICT',
        'REVISION_CONFLICT',
      ]);
      current = nexts[winners[0] as number] as StoredRegistry;
      for (const writer of writers) expect(await writer.load()).toEqual(current);
    }
  });

  it('writes everything when somebody else committed since it last looked', async () => {
    const storage = kind.fresh();
    const [mine, theirs] = [await on(storage), await on(storage)];
    const a = service('a', 1, 2);
    const first = stored(1, state(a));
    await mine.commit(commitOf(null, first));
    await theirs.load();
    const second = stored(2, { ...state(service('a', 5)), trustedProxies: [] }, state());
    await theirs.commit(commitOf(first, second));
    // `mine` never loaded revision 2: what it knows of revision 1 must not be taken for what is stored.
    const third = stored(3, state(a), first.appliedFile ?? undefined);
    await mine.commit({ ...commitOf(second, third), upserted: ['a'] });
    expect(await theirs.load()).toEqual(third);
  });

  it('answers whole states while another process commits one after the other', async () => {
    const storage = kind.fresh();
    const reader = await on(storage);
    const committer = spawn(process.execPath, ['--import', HOOKS, COMMITTER, JSON.stringify(storage)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(committer.stdout, 'data');
      const numbers = new Set<number>();
      while (numbers.size < 15) {
        const found = await reader.load();
        const number = found?.revision.number ?? 0;
        expect(found).toEqual(stored(number, uniformState(number)));
        numbers.add(number);
      }
    } finally {
      committer.kill('SIGKILL');
    }
  });

  it('tells, once, that another process stored a revision, and nothing of its own', async () => {
    const storage = kind.fresh();
    const [mine, theirs] = [await on(storage), await on(storage)];
    const first = stored(1, state(service('a', 1)));
    await mine.commit(commitOf(null, first));
    const told: number[] = [];
    const heard = new EventEmitter();
    const end = mine.watch((revision) => {
      told.push(revision);
      heard.emit('revision');
    });
    const second = stored(2, state(service('a', 2)));
    await mine.commit(commitOf(first, second));
    await theirs.load();
    const third = stored(3, state(service('a', 3)));
    const isTold = once(heard, 'revision');
    await theirs.commit(commitOf(second, third));
    await isTold;
    expect(await mine.load()).toEqual(third);
    const isToldAgain = once(heard, 'revision');
    await theirs.commit(commitOf(third, stored(4, state(service('a', 4)))));
    await isToldAgain;
    end();
    expect(told.filter((revision) => revision > 2)).toEqual([3, 4]);
  });

  it('lists revisions newest first, below a number', async () => {
    const registry = await on();
    let before: StoredRegistry | null = null;
    for (let number = 1; number <= 5; number++) {
      const next = stored(number, state(service('a', number)));
      await registry.commit(commitOf(before, next));
      before = next;
    }
    expect((await registry.revisions(2)).map((revision) => revision.number)).toEqual([5, 4]);
    expect((await registry.revisions(10, 3)).map((revision) => revision.number)).toEqual([2, 1]);
    expect((await registry.revisions(1))[0]).toEqual(before?.revision);
  });

  it('keeps 10,000 backends and changes one of them quickly', async () => {
    const registry = await on();
    const services = Array.from({ length: 1_000 }, (_, index) =>
      service(`s${index}`, ...Array.from({ length: 10 }, (_, port) => 1_000 + port)),
    );
    const first = stored(1, state(...services));
    const lap = stopwatch();
    await registry.commit(commitOf(null, first));
    const imported = lap();
    const all = await registry.load();
    const loaded = lap();
    expect(all).toEqual(first);
    lap();
    const changed = services.with(500, service('s500', 1_000, 1_001, 1_002));
    const second = stored(2, { ...first.state, services: changed }, first.appliedFile ?? undefined);
    await registry.commit(commitOf(first, second));
    const one = lap();
    console.log(`${kind.name}: import ${imported} ms, load ${loaded} ms, one service ${one} ms`);
    expect(await registry.load()).toEqual(second);
    expect(one).toBeLessThan(2_000);
  });
});

function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const lap = performance.now() - last;
    last = performance.now();
    return Math.round(lap);
  };
}
