import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LATENCY_BUCKETS } from '../../common/contract/index.js';
import type { BalancerLoad, ServiceLoad } from './balancer-load.js';
import { BalancerIdentity } from './balancer.identity.js';
import { OtherBalancers } from './other.balancers.js';
import type { RosterStore, SeenBalancer } from './roster-store.js';

beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 1_790_000_000_000 }));
afterEach(() => vi.useRealTimers());

/** A store that tells what the test has put there, or is away. */
class ScriptedRoster implements Pick<RosterStore, 'seen'> {
  asked = 0;
  isAway = false;
  entries: readonly SeenBalancer[] = [];

  async seen(): Promise<readonly SeenBalancer[]> {
    this.asked++;
    if (this.isAway) throw new Error('away');
    return this.entries;
  }
}

const NO_LOAD: BalancerLoad = { settled: 1, services: [], backends: [] };

function entry(id: string, load?: Partial<BalancerLoad>): SeenBalancer {
  const facts = { host: 'lb', pid: 1, version: '1', startedAt: 0, revision: 1, generation: 1, admin: '' };
  return { id, ...facts, seenAt: 0, ...(load === undefined ? {} : { load: { ...NO_LOAD, ...load } }) };
}

function traffic(changes: Partial<ServiceLoad>): ServiceLoad {
  const nothing = { inFlight: 0, queue: 0, waiting: 0, requestsPerSecond: 0, windowMs: 1_000 };
  return { name: 'shop', ...nothing, ...changes };
}

async function known(...entries: readonly SeenBalancer[]) {
  const roster = new ScriptedRoster();
  const identity = new BalancerIdentity();
  roster.entries = [entry(identity.id, { services: [traffic({ inFlight: 1_000 })] }), ...entries];
  const others = new OtherBalancers(identity, roster as unknown as RosterStore);
  await others.refresh();
  return { others, roster };
}

describe('the load of other balancers', () => {
  it('is the sum of what they say, without our own', async () => {
    const { others } = await known(
      entry('b', { services: [traffic({ inFlight: 3, queue: 1, waiting: 2, requestsPerSecond: 10 })] }),
      entry('c', { services: [traffic({ inFlight: 4.5, requestsPerSecond: 2 })] }),
      entry('d', { services: [traffic({ name: 'other', inFlight: 99 })] }),
    );
    expect(others.loadOf('shop')).toMatchObject({
      isComplete: true,
      inFlight: 7.5,
      queue: 1,
      waiting: 2,
      requestsPerSecond: 12,
    });
  });

  it('has the latencies of all, each weighed by its own window', async () => {
    const { others } = await known(
      entry('b', { services: [traffic({ latency: [3, 100, 9, 20], windowMs: 10_000 })] }),
      entry('c', { services: [traffic({ latency: [3, 50], windowMs: 1_000 })] }),
    );
    const { responses, latencyRates } = others.loadOf('shop');
    expect(responses).toBe(170);
    expect(latencyRates).toHaveLength(LATENCY_BUCKETS);
    expect(latencyRates![3]).toBeCloseTo(0.06);
    expect(latencyRates![9]).toBeCloseTo(0.002);
  });

  it('is not complete when one does not say what it has, or could not say all', async () => {
    const silent = await known(entry('b'), entry('c', { services: [traffic({ inFlight: 2 })] }));
    expect(silent.others.loadOf('shop')).toMatchObject({ isComplete: false, inFlight: 2 });
    const cut = await known(entry('b', { isCut: true, services: [traffic({ inFlight: 2 })] }));
    expect(cut.others.loadOf('shop').isComplete).toBe(true);
    expect(cut.others.loadOf('unnamed').isComplete).toBe(false);
  });

  it('is believed until they would be gone while the store is away, and is then not known', async () => {
    const { others, roster } = await known(entry('b', { services: [traffic({ inFlight: 2 })] }));
    roster.isAway = true;
    vi.advanceTimersByTime(9_000);
    await others.refresh();
    expect(others.loadOf('shop')).toMatchObject({ isComplete: true, inFlight: 2 });
    vi.advanceTimersByTime(1_000);
    await others.refresh();
    expect(others.loadOf('shop')).toMatchObject({ isComplete: false, inFlight: 0 });
    expect(others.areDoneWith('x', 1, 0)).toBe(false);
  });

  it('is nothing when nobody else was there, also when the store is away later', async () => {
    const { others, roster } = await known();
    roster.isAway = true;
    vi.advanceTimersByTime(60_000);
    await others.refresh();
    expect(others.loadOf('shop')).toMatchObject({ isComplete: true, inFlight: 0 });
  });

  it('is not known before the store has answered', async () => {
    const roster = new ScriptedRoster();
    const others = new OtherBalancers(new BalancerIdentity(), roster as unknown as RosterStore);
    expect(others.loadOf('shop').isComplete).toBe(false);
    expect(others.areDoneWith('x', 0, 0)).toBe(false);
  });

  it('is asked for once by all who want to know at the same time', async () => {
    const { others, roster } = await known();
    vi.advanceTimersByTime(1_000);
    await Promise.all([others.refresh(), others.refresh(), others.refresh(500)]);
    await others.refresh(500);
    expect(roster.asked).toBe(2);
  });
});

describe('a backend that drains', () => {
  it('is left when each other one has run the revision that drains it, and has nothing there', async () => {
    const now = Date.now();
    const busy = { settled: 9, backends: [{ id: 'x', inFlight: 2 }] };
    const { others, roster } = await known(entry('b', { settled: 4 }), entry('c', busy));
    expect(others.inFlightAt('x')).toBe(2);
    expect(others.areDoneWith('x', 4, now)).toBe(false);
    roster.entries = [entry('b', { settled: 3 }), entry('c', { settled: 9 })];
    vi.advanceTimersByTime(1_000);
    await others.refresh();
    expect(others.areDoneWith('x', 4, now)).toBe(false);
    roster.entries = [entry('b', { settled: 4 }), entry('c', { settled: 9 })];
    vi.advanceTimersByTime(1_000);
    await others.refresh();
    expect(others.areDoneWith('x', 4, now)).toBe(true);
  });

  it('is not left as long as one says nothing, and who came since it drains counts', async () => {
    const silent = await known(entry('b'));
    expect(silent.others.areDoneWith('x', 0, Date.now())).toBe(false);
    const { others } = await known();
    expect(others.areDoneWith('x', 4, Date.now())).toBe(true);
    expect(others.areDoneWith('x', 4, Date.now() + 1)).toBe(false);
  });
});
