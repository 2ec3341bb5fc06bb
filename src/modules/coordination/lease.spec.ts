import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LeaseAnswer, LeaseStore } from './lease-store.js';
import { Lease } from './lease.js';

const TTL_MS = 1_000;

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** A store whose answers the test gives when it likes. */
class SlowStore implements LeaseStore {
  readonly asked: PromiseWithResolvers<LeaseAnswer>[] = [];
  readonly released: number[] = [];

  acquire(): Promise<LeaseAnswer> {
    const answer = Promise.withResolvers<LeaseAnswer>();
    this.asked.push(answer);
    return answer.promise;
  }

  async release({ term }: { readonly term: number }): Promise<void> {
    this.released.push(term);
  }

  async held(): Promise<readonly []> {
    return [];
  }

  async answer(isHeld: boolean, term: number): Promise<void> {
    this.asked.at(-1)!.resolve({ isHeld, term, remainingMs: TTL_MS });
    await vi.advanceTimersByTimeAsync(0);
  }
}

async function asked() {
  const store = new SlowStore();
  const events: string[] = [];
  const lease = new Lease(store, {
    name: 'work',
    holder: 'me',
    ttlMs: TTL_MS,
    onAcquired: (term) => events.push(`acquired ${term}`),
    onLost: () => events.push('lost'),
  });
  lease.start();
  await vi.advanceTimersByTimeAsync(0);
  return { store, lease, events };
}

it('is held from the answer on, and renewed before it ends', async () => {
  const { store, lease, events } = await asked();
  expect(lease.term).toBeNull();
  await store.answer(true, 3);
  expect(lease.term).toBe(3);
  for (let renewals = 0; renewals < 20; renewals++) {
    await vi.advanceTimersByTimeAsync(TTL_MS / 4);
    await store.answer(true, 3);
  }
  expect(lease.term).toBe(3);
  expect(events).toEqual(['acquired 3']);
});

it('is given up before the store gives it to another, however the store fails', async () => {
  const { store, lease, events } = await asked();
  await store.answer(true, 1);
  await vi.advanceTimersByTimeAsync(TTL_MS / 4);
  store.asked.at(-1)!.reject(new Error('away'));
  await vi.advanceTimersByTimeAsync(TTL_MS * 0.8 - TTL_MS / 4 - 1);
  expect(lease.term).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(lease.term).toBeNull();
  expect(events).toEqual(['acquired 1', 'lost']);
});

it('counts from the request: an answer that took too long gives nothing', async () => {
  const { store, lease, events } = await asked();
  await vi.advanceTimersByTimeAsync(TTL_MS * 0.8);
  await store.answer(true, 1);
  expect(lease.term).toBeNull();
  expect(events).toEqual([]);
});

it('tells of the loss before it tells of a new term', async () => {
  const { store, lease, events } = await asked();
  await store.answer(true, 1);
  await vi.advanceTimersByTimeAsync(TTL_MS / 4);
  await store.answer(true, 5);
  expect(lease.term).toBe(5);
  await vi.advanceTimersByTimeAsync(TTL_MS / 4);
  await store.answer(false, 6);
  expect(lease.term).toBeNull();
  expect(events).toEqual(['acquired 1', 'lost', 'acquired 5', 'lost']);
});

it('is given back at the end, also when the answer comes only then', async () => {
  const { store, lease, events } = await asked();
  const stopped = lease.stop();
  await store.answer(true, 2);
  await stopped;
  expect(store.released).toEqual([2]);
  expect(lease.term).toBeNull();
  expect(events).toEqual(['acquired 2', 'lost']);
  await vi.advanceTimersByTimeAsync(10 * TTL_MS);
  expect(store.asked).toHaveLength(1);
});
