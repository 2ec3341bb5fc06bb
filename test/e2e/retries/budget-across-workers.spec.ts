import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RetrySettings } from '../../../src/common/contract/index.js';
import { BalancerFixture, RETRIES, serviceSnapshot } from '../../support/balancer.fixture.js';
import { ThreadBundle } from '../../support/thread.bundle.js';
import type { SpendingResult, SpendingTask } from './spending.thread.js';

const WORKERS = 2;
/** How far the clocks of two threads may be apart. */
const CLOCK_MS = 0.5;

let thread: ThreadBundle;

beforeAll(async () => {
  thread = await ThreadBundle.of(new URL('./spending.thread.ts', import.meta.url));
});

afterAll(async () => {
  await thread.remove();
});

async function spendTogether(settings: RetrySettings, durationMs: number, everyMs: number) {
  const { memory } = new BalancerFixture([serviceSnapshot()], WORKERS);
  const gate = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const { buffer, shape } = memory;
  const threads = Array.from({ length: WORKERS }, (_, worker) => {
    const task: SpendingTask = { buffer, shape, settings, worker, gate, durationMs, everyMs };
    return new Worker(thread.path, { workerData: task });
  });
  await Promise.all(threads.map((each) => once(each, 'message')));
  const results = threads.map((each) => once(each, 'message'));
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  const all = (await Promise.all(results)).map(([result]) => result as SpendingResult);
  const merged = (key: 'requests' | 'asked' | 'granted') =>
    all.flatMap((each) => [...each[key]]).toSorted((a, b) => a - b);
  return {
    requests: merged('requests'),
    asked: merged('asked'),
    granted: merged('granted'),
    refused: all.map(({ refused }) => refused),
  };
}

/** How many of the sorted times are at most this. Called with times that grow. */
function counter(times: readonly number[]): (untilMs: number) => number {
  let index = 0;
  return (untilMs) => {
    while (index < times.length && times[index]! <= untilMs) index++;
    return index;
  };
}

it('grants exactly the minimum to two threads that ask at once', async () => {
  const settings = { ...RETRIES, budgetPercent: 0, budgetMinPerSecond: 50 };
  const { granted, refused } = await spendTogether(settings, 800, 1_000);
  expect(granted).toHaveLength(500);
  for (const each of refused) expect(each).toBeGreaterThan(0);
});

it('never grants two threads more than their share of the requests of any 10 seconds, and nearly all of it', async () => {
  const settings = { ...RETRIES, budgetPercent: 20, budgetMinPerSecond: 0 };
  const { requests, asked, granted } = await spendTogether(settings, 13_000, 1);
  const requestsUntil = counter(requests);
  const requestsBefore = counter(requests);
  const grantedUntil = counter(granted);
  const askedBefore = counter(asked);
  for (const [index, askedMs] of asked.entries()) {
    // A thread may be off its core between asking and being granted: only what was surely before is held against a try.
    const extra = grantedUntil(askedMs) - askedBefore(askedMs - 10_000) + 1;
    const since = requestsBefore(askedMs - 10_000 - CLOCK_MS);
    const allowed = 0.2 * (requestsUntil(granted[index]! + CLOCK_MS) - since);
    expect(extra).toBeLessThanOrEqual(allowed + 1e-9);
  }
  // The unfinished slice costs up to one of the ten seconds on each side.
  expect(asked.length).toBeGreaterThan(0.2 * requests.length * 0.7);
}, 60_000);
