import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { BalancerEntry, LeaseStore, RosterStore } from '../../../src/modules/coordination/index.js';
import { mongodbStorage, openStores, sqliteStorage, type Stores } from '../../support/stores.js';

const kinds = [await sqliteStorage(), await mongodbStorage(), await mongodbStorage({ replicaSet: false })];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

const LONG_MS = 60_000;

function balancer(id: string, startedAt: number): BalancerEntry {
  return {
    id,
    host: '$host.name',
    pid: 7,
    version: '1.2.3',
    startedAt,
    revision: 4,
    generation: 5,
    admin: 'http://10.0.0.1:3000',
  };
}

describe.each(kinds.filter((kind) => kind.available))('coordination on $name', (kind) => {
  const open: Stores[] = [];
  afterEach(async () => {
    vi.useRealTimers();
    for (const stores of open.splice(0)) await stores.close();
  });
  const several = async (count: number): Promise<Stores[]> => {
    const storage = kind.fresh();
    const stores = await Promise.all(Array.from({ length: count }, () => openStores(storage)));
    open.push(...stores);
    return stores;
  };
  const ask = (store: LeaseStore, holder: string, ttlMs = LONG_MS, name = 'scaling') =>
    store.acquire({ name, holder, ttlMs });

  it('gives a lease to one, and keeps it for that one as long as it is renewed', async () => {
    const [a, b] = (await several(2)).map(({ leases }) => leases) as [LeaseStore, LeaseStore];
    expect(await a.held()).toEqual([]);
    const first = await ask(a, '$a');
    expect(first).toMatchObject({ isHeld: true, term: 1 });
    expect(first.remainingMs).toBeGreaterThan(LONG_MS - 5_000);
    expect(first.remainingMs).toBeLessThanOrEqual(LONG_MS);
    const refused = await ask(b, 'b');
    expect(refused).toMatchObject({ isHeld: false, term: 1 });
    expect(refused.remainingMs).toBeGreaterThan(LONG_MS - 10_000);
    expect(await ask(a, '$a')).toMatchObject({ isHeld: true, term: 1 });
    expect(await ask(b, 'b', LONG_MS, 'other')).toMatchObject({ isHeld: true, term: 1 });
    expect(await b.held()).toEqual([
      { name: 'other', holder: 'b', term: 1 },
      { name: 'scaling', holder: '$a', term: 1 },
    ]);
  });

  it('gives it to the next with the next term after it was released', async () => {
    const [a, b] = (await several(2)).map(({ leases }) => leases) as [LeaseStore, LeaseStore];
    await ask(a, 'a');
    await a.release({ name: 'scaling', holder: 'a', term: 9 });
    await b.release({ name: 'scaling', holder: 'b', term: 1 });
    expect(await ask(b, 'b')).toMatchObject({ isHeld: false });
    await a.release({ name: 'scaling', holder: 'a', term: 1 });
    expect(await a.held()).toEqual([]);
    expect(await ask(b, 'b')).toMatchObject({ isHeld: true, term: 2 });
    await b.release({ name: 'scaling', holder: 'b', term: 2 });
    expect(await ask(b, 'b')).toMatchObject({ isHeld: true, term: 3 });
  });

  it('gives it to the next when it has ended, but never before', async () => {
    const [a, b] = (await several(2)).map(({ leases }) => leases) as [LeaseStore, LeaseStore];
    const before = performance.now();
    await ask(a, 'a', 700);
    const taken = await vi.waitFor(
      async () => {
        const answer = await ask(b, 'b', 700);
        expect(answer.isHeld).toBe(true);
        return answer;
      },
      { timeout: 10_000, interval: 10 },
    );
    expect(taken.term).toBe(2);
    expect(performance.now() - before).toBeGreaterThanOrEqual(699);
    // It comes back from a long sleep: what it held is gone, and the term says so.
    expect(await ask(a, 'a', 700)).toMatchObject({ isHeld: false, term: 2 });
  });

  it('gives it to exactly one of many who ask at once', async () => {
    const stores = await several(8);
    for (let round = 1; round <= 5; round++) {
      const answers = await Promise.all(stores.map(({ leases }, index) => ask(leases, `b${index}`)));
      const holders = answers.flatMap(({ isHeld }, index) => (isHeld ? [index] : []));
      expect(holders).toHaveLength(1);
      expect(answers[holders[0]!]!.term).toBe(round);
      await stores[0]!.leases.release({ name: 'scaling', holder: `b${holders[0]}`, term: round });
    }
  });

  it('takes no notice of the clock of the balancer that asks', async () => {
    const [a, b] = (await several(2)).map(({ leases }) => leases) as [LeaseStore, LeaseStore];
    await ask(a, 'a');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 });
    expect(await ask(b, 'b')).toMatchObject({ isHeld: false, term: 1 });
    vi.setSystemTime(Date.now() - 7 * 86_400_000);
    expect(await ask(b, 'b')).toMatchObject({ isHeld: false, term: 1 });
    expect(await ask(a, 'a')).toMatchObject({ isHeld: true, term: 1 });
  });

  it('lists the balancers that said something lately, the longest running first', async () => {
    const [a, b] = (await several(2)).map(({ roster }) => roster) as [RosterStore, RosterStore];
    expect(await a.seen(LONG_MS)).toEqual([]);
    await b.announce(balancer('b', 2_000));
    await a.announce(balancer('a', 1_000));
    const seen = await a.seen(LONG_MS);
    expect(seen).toEqual([
      { ...balancer('a', 1_000), seenAt: expect.any(Number) },
      { ...balancer('b', 2_000), seenAt: expect.any(Number) },
    ]);
    expect(Math.abs(seen[0]!.seenAt - Date.now())).toBeLessThan(10_000);
    const load = {
      settled: 8,
      services: [
        {
          name: '$shop.eu',
          inFlight: 3.5,
          queue: 0,
          waiting: 1,
          requestsPerSecond: 12.5,
          windowMs: 5_000,
          latency: [3, 10],
        },
      ],
      backends: [{ id: '0a1b', inFlight: 3 }],
    };
    await a.announce({ ...balancer('a', 1_000), load });
    expect((await b.seen(LONG_MS))[0]).toEqual({ ...balancer('a', 1_000), load, seenAt: expect.any(Number) });
    await a.announce({ ...balancer('a', 1_000), revision: 9 });
    expect((await b.seen(LONG_MS))[0]).not.toHaveProperty('load');
    expect((await b.seen(LONG_MS))[0]).toMatchObject({ id: 'a', revision: 9 });
    await b.withdraw('b');
    expect((await a.seen(LONG_MS)).map(({ id }) => id)).toEqual(['a']);
  });

  it('no longer lists, and then forgets, those who say nothing more', async () => {
    const [{ roster }] = (await several(1)) as [Stores];
    await roster.announce(balancer('a', 1_000));
    await roster.forget(LONG_MS);
    expect(await roster.seen(LONG_MS)).toHaveLength(1);
    await vi.waitFor(async () => expect(await roster.seen(50)).toEqual([]), { timeout: 10_000 });
    expect(await roster.seen(LONG_MS)).toHaveLength(1);
    await roster.forget(50);
    expect(await roster.seen(LONG_MS)).toEqual([]);
  });
});
