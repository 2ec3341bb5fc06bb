import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OUTCOME_CELLS, OutcomeCell } from '../../../src/common/contract/index.js';
import { OutcomeWindow } from '../../../src/common/contract/outages/outcome.window.js';
import { backendSnapshot, BalancerFixture, serviceSnapshot } from '../../support/balancer.fixture.js';
import { breakerPolicies, CIRCUIT, EJECTION } from '../../support/outage.settings.js';
import { ThreadBundle } from '../../support/thread.bundle.js';
import type { EjectingResult, EjectingTask } from './ejecting.thread.js';

const THREADS = 2;
const ROUNDS = 2_000;
const CALLS = 40;

let thread: ThreadBundle;

beforeAll(async () => {
  thread = await ThreadBundle.of(new URL('./ejecting.thread.ts', import.meta.url));
});

afterAll(async () => {
  await thread.remove();
});

it('never ejects the last two at once, and loses no call, whatever two threads do at the same moment', async () => {
  // One for each thread, both without a share that would forbid it; the third takes no traffic, but counts calls.
  const backends = [backendSnapshot(0), backendSnapshot(1), backendSnapshot(2, { weight: 0 })];
  const service = serviceSnapshot({
    backends,
    policies: breakerPolicies({
      ejection: { ...EJECTION, consecutive: 1, maxPercent: 100, baseMs: 60_000, maxMs: 60_000 },
      circuit: { ...CIRCUIT, errorPercent: 100, windowMs: 1_000_000 },
    }),
  });
  const { memory } = new BalancerFixture([service], THREADS);
  const counters = () => new Int32Array(new SharedArrayBuffer(ROUNDS * Int32Array.BYTES_PER_ELEMENT));
  const [rounds, done] = [counters(), counters()];
  const { buffer, shape } = memory;
  const workers = Array.from({ length: THREADS }, (_, worker) => {
    const workerData: EjectingTask = { buffer, shape, worker, service, rounds, done, calls: CALLS };
    return new Worker(thread.path, { workerData, execArgv: [] });
  });
  const results = await Promise.all(
    workers.map(async (one) => (await once(one, 'message'))[0] as EjectingResult),
  );
  await Promise.all(workers.map((one) => one.terminate()));

  const ejected = results.flatMap(({ events }) => events.filter(({ kind }) => kind === 'backend-ejected'));
  const returned = results.flatMap(({ events }) => events.filter(({ kind }) => kind === 'backend-returned'));
  const totals = backends.map(({ slot }) =>
    Atomics.load(memory.outcomes.backends, slot * OUTCOME_CELLS + OutcomeCell.ejectionsTotal),
  );
  // In each round one of the two, by whichever thread came first: told once, and returned once.
  expect([ejected.length, returned.length]).toEqual([ROUNDS, ROUNDS]);
  expect(totals[0]! + totals[1]!).toBe(ROUNDS);
  const window = new OutcomeWindow(memory.outcomes.backends, {
    acquire: () => undefined,
    release: () => undefined,
  });
  window.read(2);
  expect([window.total, window.failures]).toEqual([THREADS * ROUNDS * CALLS, (THREADS * ROUNDS * CALLS) / 4]);
});
