import { parentPort, workerData } from 'node:worker_threads';
import {
  BackendOutages,
  type OutageEvent,
  type ServiceSnapshot,
  SharedMemory,
  type SharedMemoryShape,
  Verdict,
} from '../../../src/common/contract/index.js';

export interface EjectingTask {
  readonly buffer: SharedArrayBuffer;
  readonly shape: SharedMemoryShape;
  readonly worker: number;
  readonly service: ServiceSnapshot;
  /** [round]: how many threads are there. */
  readonly rounds: Int32Array;
  /** [round]: how many threads have done their part. */
  readonly done: Int32Array;
  /** Calls to be counted in each round. */
  readonly calls: number;
}

/** What the thread itself did, by round. */
export interface EjectingResult {
  readonly events: readonly OutageEvent[];
}

const task = workerData as EjectingTask;
const memory = new SharedMemory(task.shape, task.buffer);
const events: OutageEvent[] = [];
const outages = new BackendOutages(memory, task.worker, (event) => events.push(event));
const own = task.service.backends[task.worker]!;
const shared = task.service.backends[task.shape.workers]!;

/** Longer than threads that all run are apart. */
const LOOKS = 20_000;

/**
 * Until all threads are at this round. They look without a pause, so that they act at the same moment; whoever looks in
 * vain for long gives its processor to the one that is waited for, which may have none.
 */
function meet(counters: Int32Array, round: number): void {
  const { workers } = task.shape;
  if (Atomics.add(counters, round, 1) + 1 === workers) {
    Atomics.notify(counters, round);
    return;
  }
  const arrived = () => Atomics.load(counters, round);
  for (let looks = 0; looks < LOOKS; looks++) if (arrived() === workers) return;
  for (let here = arrived(); here < workers; here = arrived()) Atomics.wait(counters, round, here);
}

for (let round = 0; round < task.rounds.length; round++) {
  meet(task.rounds, round);
  // Each fails a backend of its own, so that all want to eject at once; and all count calls of the same one.
  outages.failed(task.service, own, 1_000 + round);
  for (let call = 0; call < task.calls; call++) {
    const verdict = call % 4 === 0 ? Verdict.failure : Verdict.success;
    outages.count(task.service, shared, { verdict, isSlow: false, nowMs: 1_000 + round });
  }
  meet(task.done, round);
  if (task.worker === 0)
    for (const backend of task.service.backends) outages.restore(task.service, backend, 1_000 + round);
}
parentPort!.postMessage({ events } satisfies EjectingResult);
