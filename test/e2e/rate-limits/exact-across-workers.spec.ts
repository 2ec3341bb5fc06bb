import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RateLimitSettings } from '../../../src/common/contract/index.js';
import { BalancerFixture, serviceSnapshot, snapshotOf } from '../../support/balancer.fixture.js';
import { rateLimit } from '../../support/rate-limits.js';
import { ThreadBundle } from '../../support/thread.bundle.js';
import type { LimitingResult, LimitingTask } from './limiting.thread.js';

const WORKERS = 2;
/** The clocks of two threads agree to within this, in exchanges at the rates below. */
const CLOCK_MS = 0.2;

let thread: ThreadBundle;

beforeAll(async () => {
  thread = await ThreadBundle.of(new URL('./limiting.thread.ts', import.meta.url));
});

afterAll(async () => {
  await thread.remove();
});

/** Lets all threads ask at once, as fast as they can. */
async function askTogether(limit: RateLimitSettings, durationMs: number): Promise<readonly LimitingResult[]> {
  const service = serviceSnapshot({ rateLimits: [limit] });
  const { memory } = new BalancerFixture([service], WORKERS);
  const gate = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const { buffer, shape } = memory;
  const threads = Array.from({ length: WORKERS }, (_, worker) => {
    const task: LimitingTask = { buffer, shape, snapshot: snapshotOf([service]), worker, gate, durationMs };
    return new Worker(thread.path, { workerData: task, execArgv: [] });
  });
  await Promise.all(threads.map((one) => once(one, 'message')));
  const ended = threads.map((one) => once(one, 'message'));
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  const results = (await Promise.all(ended)).map(([result]) => result as LimitingResult);
  await Promise.all(threads.map((one) => one.terminate()));
  return results;
}

const merged = (lists: readonly Float64Array[]): Float64Array =>
  Float64Array.from(lists.flatMap((list) => [...list])).sort();

/** How many one bucket has admitted up to a time that everybody asks in the order of the clock. */
function bucketAskedInOrder(
  asked: Float64Array,
  startMs: number,
  { limit, burst }: { readonly limit: number; readonly burst: number },
): (ms: number) => number {
  const admitted = new Float64Array(asked.length);
  let [tokens, lastMs, count] = [burst, startMs, 0];
  for (const [index, ms] of asked.entries()) {
    tokens = Math.min(burst, tokens + ((ms - lastMs) * limit) / 1_000);
    lastMs = ms;
    if (tokens >= 1) [tokens, count] = [tokens - 1, count + 1];
    admitted[index] = count;
  }
  return (ms) => admitted[countUntil(asked, ms) - 1]!;
}

/** How many of the sorted times are not after this one. */
function countUntil(sorted: Float64Array, ms: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! <= ms) from = middle + 1;
    else to = middle;
  }
  return from;
}

// Bursts of half a second and more: what a system that runs something else for a while withholds is not lost.
it.each([
  { limit: 1_000, burst: 500 },
  { limit: 20, burst: 20 },
  { limit: 40_000, burst: 20_000 },
])(
  'admits at most burst + rate x time at any instant, and under pressure at most one less: $limit/s, burst $burst',
  async ({ limit, burst }) => {
    const rule = rateLimit({ name: 'all', by: [], limit, windowMs: 1_000, burst });
    const results = await askTogether(rule, 1_000);
    const admitted = merged(results.map((result) => result.admitted));
    const refused = merged(results.map((result) => result.refused));
    const startMs = Math.min(admitted[0]!, refused[0] ?? Infinity);
    const allowedAt = (ms: number) => burst + ((ms - startMs) * limit) / 1_000;
    const slack = 1e-3 + (CLOCK_MS * limit) / 1_000;

    const above = admitted.findIndex((ms, index) => index + 1 > allowedAt(ms) + slack);
    expect(above).toBe(-1);
    const expectedAt = bucketAskedInOrder(merged([admitted, refused]), startMs, { limit, burst });
    // Between its clock and its turn a refused one may wait while the system runs something else.
    const below = results.flatMap((result) =>
      [...result.refused].filter((ms, index) => {
        const used = countUntil(admitted, result.refusedAt[index]!);
        return used < expectedAt(ms) - 1 - slack;
      }),
    );
    expect(below).toEqual([]);
    expect(refused.length).toBeGreaterThan(0);
    for (const result of results) expect(result.admitted.length + result.refused.length).toBeGreaterThan(0);
  },
);
