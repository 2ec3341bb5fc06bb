import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BalancerIdentity } from './balancer.identity.js';
import { BalancerRoster } from './balancer.roster.js';
import type { LeaseService } from './lease.service.js';
import type { BalancerEntry, RosterStore } from './roster-store.js';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

function announced() {
  const entries: BalancerEntry[] = [];
  let generation = 0;
  const store = {
    announce: async (entry: BalancerEntry) => void entries.push(entry),
    withdraw: async () => undefined,
  } as unknown as RosterStore;
  const facts = () => ({ version: '1', startedAt: 0, revision: 1, generation: ++generation, admin: '' });
  const roster = new BalancerRoster(new BalancerIdentity(), {} as LeaseService, store, { facts });
  return { roster, entries };
}

it('announces every two seconds, and sooner when there is news, but never without a pause', async () => {
  const { roster, entries } = announced();
  roster.start();
  await vi.advanceTimersByTimeAsync(1_999);
  expect(entries).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(entries).toHaveLength(2);
  roster.hurry();
  await vi.advanceTimersByTimeAsync(249);
  expect(entries).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(entries).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(1_000);
  roster.hurry();
  await vi.advanceTimersByTimeAsync(0);
  expect(entries).toHaveLength(4);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(entries).toHaveLength(5);
  await roster.stop();
  roster.hurry();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(entries).toHaveLength(5);
});

it('says soon again what came up while it was speaking', async () => {
  const { roster, entries } = announced();
  roster.start();
  roster.hurry();
  await vi.advanceTimersByTimeAsync(250);
  expect(entries).toHaveLength(2);
  await roster.stop();
});
