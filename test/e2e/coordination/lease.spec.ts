import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { StorageConfig } from '../../../src/common/config/index.js';
import { MONGOD_IS_GIVEN, startMongod } from '../../support/mongod.js';
import { mongodbStorageOn, sqliteStorage } from '../../support/stores.js';
import { type HolderLine, LeaseHolder } from './lease-holder.js';

const TTL_MS = 2_000;
/** What a busy machine may add to a time that is otherwise exact. */
const BUSY_MS = 1_500;

const mongod = await startMongod();
const kinds = [await sqliteStorage(), mongodbStorageOn(mongod)];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

const machineNow = () => Number(process.hrtime.bigint() / 1_000_000n);

const holders: LeaseHolder[] = [];
afterEach(() => Promise.all(holders.splice(0).map((holder) => holder.end())));

async function holdersOn(storage: StorageConfig, count: number, clockSteps: readonly number[] = []) {
  const started = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      LeaseHolder.start({ storage, holder: `h${index}`, ttlMs: TTL_MS }, clockSteps),
    ),
  );
  holders.push(...started);
  return started;
}

const works = ({ event }: HolderLine) => event === 'works';

/** The one who works, once somebody does. */
async function theWorking(among: readonly LeaseHolder[]): Promise<LeaseHolder> {
  return Promise.race(among.map((holder) => holder.said(works).then(() => holder)));
}

/** Throws when two of them ever worked at one time; answers who worked, in order, with the term. */
function turnsOf(among: readonly LeaseHolder[]): { readonly name: string; readonly term: number }[] {
  const work = among
    .flatMap(({ name, lines }) => lines.filter(works).map(({ term, at }) => ({ name, term: term!, at })))
    .toSorted((a, b) => a.at - b.at || a.term - b.term);
  const turns = work.filter((line, index) => line.term !== work[index - 1]?.term);
  // Terms that grow with time, each of one holder: whoever began had its predecessor stopped.
  expect(turns.map(({ term }) => term)).toEqual(turns.map(({ term }) => term).toSorted((a, b) => a - b));
  expect(new Set(turns.map(({ term }) => term)).size).toBe(turns.length);
  for (const { name, term } of turns) {
    expect(new Set(work.filter((line) => line.term === term).map((line) => line.name))).toEqual(
      new Set([name]),
    );
  }
  return turns.map(({ name, term }) => ({ name, term }));
}

describe.each(kinds.filter((kind) => kind.available))('a lease on $name', (kind) => {
  it('has one holder, and moves within its time to live when that is killed', async () => {
    const all = await holdersOn(kind.fresh(), 3);
    for (let left = [...all]; left.length > 1;) {
      const holder = await theWorking(left);
      left = left.filter((other) => other !== holder);
      await holder.end();
      const killedAt = machineNow();
      const next = await theWorking(left);
      const movedMs = (await next.said(works)).at - killedAt;
      console.log(`${kind.name}: moved ${movedMs} ms after kill -9, time to live ${TTL_MS} ms`);
      expect(movedMs).toBeLessThan(TTL_MS + BUSY_MS);
    }
    expect(turnsOf(all).map(({ term }) => term)).toEqual([1, 2, 3]);
  });

  it('moves at once when its holder ends in order', async () => {
    const all = await holdersOn(kind.fresh(), 2);
    const holder = await theWorking(all);
    const other = all.find((candidate) => candidate !== holder)!;
    await holder.end('SIGTERM');
    expect(holder.lines.at(-1)).toMatchObject({ event: 'lost' });
    await other.said(works);
    expect(turnsOf(all)).toEqual([
      { name: holder.name, term: 1 },
      { name: other.name, term: 2 },
    ]);
  });

  it('is not believed in by a holder that slept while another took it', async () => {
    const all = await holdersOn(kind.fresh(), 2);
    const sleeper = await theWorking(all);
    const other = all.find((candidate) => candidate !== sleeper)!;
    sleeper.pause();
    await other.said(works);
    sleeper.resume();
    await sleeper.said(({ event }) => event === 'lost');
    await other.end('SIGTERM');
    await sleeper.said((line) => works(line) && line.term === 3);
    expect(turnsOf(all).map(({ name, term }) => [name, term])).toEqual([
      [sleeper.name, 1],
      [other.name, 2],
      [sleeper.name, 3],
    ]);
  });

  it('stays where it is when the clocks of balancers are stepped', async () => {
    const steps = [86_400_000, -7 * 86_400_000];
    const all = await holdersOn(kind.fresh(), 2, steps);
    const holder = await theWorking(all);
    for (const [index, step] of steps.entries()) {
      const before = holder.lines.findLast(works)!;
      for (const one of all) one.stepClock();
      const stepped = await holder.said(
        (line) => works(line) && Math.abs(line.date! - before.date! - step) < 3_600_000,
      );
      // Longer than a lease lives unless it is renewed.
      await holder.said((line) => works(line) && line.at > stepped.at + 1.2 * TTL_MS);
      expect(turnsOf(all)).toEqual([{ name: holder.name, term: 1 }]);
      expect(holder.lines.filter(({ event }) => event === 'lost')).toEqual([]);
      expect(index).toBeLessThan(steps.length);
    }
  });
});

describe.skipIf(mongod === null || MONGOD_IS_GIVEN)('a lease on a store that is away', () => {
  it('is given up in time, and is held by one again afterwards', async () => {
    const all = await holdersOn(mongodbStorageOn(mongod).fresh(), 2);
    const holder = await theWorking(all);
    mongod!.pause();
    const pausedAt = machineNow();
    try {
      const lost = await holder.said(({ event }) => event === 'lost');
      expect(lost.at - pausedAt).toBeLessThan(TTL_MS + BUSY_MS);
    } finally {
      mongod!.resume();
    }
    const again = await Promise.race(
      all.map((one) => one.said((line) => works(line) && line.at > pausedAt + TTL_MS)),
    );
    // The same holder may have been in time with its next request: then the term is the same.
    expect(again.term).toBeGreaterThanOrEqual(1);
    turnsOf(all);
  });
});
