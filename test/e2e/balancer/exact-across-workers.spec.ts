import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AlgorithmName, ServiceCell } from '../../../src/common/contract/index.js';
import {
  algorithmSettings,
  backendSnapshot,
  BalancerFixture,
  serviceSnapshot,
  snapshotOf,
} from '../../support/balancer.fixture.js';
import { ThreadBundle } from '../../support/thread.bundle.js';
import type { PickingResult, PickingTask } from './picking.thread.js';

const WORKERS = 4;

let thread: ThreadBundle;

beforeAll(async () => {
  thread = await ThreadBundle.of(new URL('./picking.thread.ts', import.meta.url));
});

afterAll(async () => {
  await thread.remove();
});

interface Run {
  readonly results: readonly PickingResult[];
  /** Picks by backend slot, of all threads. */
  readonly picked: readonly number[];
  readonly fixture: BalancerFixture;
}

/** Lets all threads pick at once, each as often as said, and waits for them to end. */
async function pickTogether(
  algorithm: AlgorithmName,
  weights: readonly number[],
  picks: number,
  { mode = 'hold', cursor = 0 }: { mode?: PickingTask['mode']; cursor?: number } = {},
): Promise<Run> {
  const backends = weights.map((weight, slot) => backendSnapshot(slot, { weight }));
  const service = serviceSnapshot({ algorithm: algorithmSettings(algorithm), backends });
  const fixture = new BalancerFixture([service], WORKERS);
  fixture.setCursor(0, cursor);
  const gate = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const { buffer, shape } = fixture.memory;
  const threads = Array.from({ length: WORKERS }, (_, worker) => {
    const task: PickingTask = { buffer, shape, snapshot: snapshotOf([service]), worker, gate, picks, mode };
    return new Worker(thread.path, { workerData: task, execArgv: [] });
  });
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  const ended = threads.map((thread) => once(thread, 'message'));
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  const results = (await Promise.all(ended)).map(([result]) => result as PickingResult);
  await Promise.all(threads.map((thread) => thread.terminate()));
  const picked = weights.map((_, slot) => results.reduce((sum, result) => sum + result.picked[slot]!, 0));
  return { results, picked, fixture };
}

it('gives each turn of round robin to exactly one of four workers', async () => {
  const { picked } = await pickTogether('round-robin', [1, 1, 1, 1, 1, 1, 1], 7 * 50_000);
  expect(picked).toEqual([200_000, 200_000, 200_000, 200_000, 200_000, 200_000, 200_000]);
});

it('skips no turn where the counter is set back under four workers', async () => {
  const weights = [5, 3, 1, 1, 1];
  // Whole cycles of 11 turns before half of the range, so that counting starts with a cycle.
  const cursor = Math.floor(2 ** 31 / 11) * 11 - 11 * 10_000;
  const { picked, fixture } = await pickTogether('weighted-round-robin', weights, 11 * 20_000, { cursor });
  expect(picked).toEqual(weights.map((weight) => weight * 4 * 20_000));
  const position = Atomics.load(fixture.memory.services, ServiceCell.cursor);
  expect(position).toBeGreaterThanOrEqual(0);
  expect(position).toBeLessThan(cursor);
});

it('picks by least connections as if there was one worker', async () => {
  const weights = [1, 2, 3, 4, 10];
  const { results, picked, fixture } = await pickTogether('least-connections', weights, 5000);
  for (const result of results) expect(result).toMatchObject({ overlaps: 0, misses: 0 });
  expect(picked).toEqual(weights.map((weight) => weight * 1000));
  expect(weights.map((_, slot) => fixture.inFlight(slot))).toEqual(picked);
});

it('has nothing left in flight when all workers have ended what they began', async () => {
  const { results, picked, fixture } = await pickTogether('least-connections', [1, 1, 3], 20_000, {
    mode: 'churn',
  });
  expect(picked.reduce((sum, count) => sum + count, 0)).toBe(WORKERS * 20_000);
  for (const result of results) expect(result).toMatchObject({ overlaps: 0, negatives: 0 });
  expect([0, 1, 2].map((slot) => fixture.inFlight(slot))).toEqual([0, 0, 0]);
  expect(fixture.serviceInFlight(0)).toBe(0);
  expect(Atomics.load(fixture.memory.services, ServiceCell.lock)).toBe(0);
  for (const worker of fixture.memory.workers) {
    expect(worker.backendInFlight.every((count) => count === 0)).toBe(true);
    expect(worker.serviceInFlight[0]).toBe(0);
  }
});
