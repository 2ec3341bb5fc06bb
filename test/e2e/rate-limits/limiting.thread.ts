import { parentPort, workerData } from 'node:worker_threads';
import {
  monotonicMs,
  SharedMemory,
  type SharedMemoryShape,
  type Snapshot,
} from '../../../src/common/contract/index.js';
import { Balancer } from '../../../src/modules/balancer/index.js';
import {
  Exchange,
  type ExchangeHead,
  type LaneSession,
  makePolicies,
} from '../../../src/modules/proxy/index.js';

export interface LimitingTask {
  readonly buffer: SharedArrayBuffer;
  readonly shape: SharedMemoryShape;
  readonly snapshot: Snapshot;
  readonly worker: number;
  readonly gate: Int32Array;
  readonly durationMs: number;
}

/** Monotonic milliseconds of each exchange that was admitted, and of each that was not. */
export interface LimitingResult {
  readonly admitted: Float64Array;
  readonly refused: Float64Array;
  /** When it was known, in the same order. */
  readonly refusedAt: Float64Array;
}

const SESSION: LaneSession = {
  lane: 'wire',
  attempt: () => undefined,
  park: () => undefined,
  refuse: () => undefined,
};
const HEAD: ExchangeHead = {
  method: 'GET',
  target: '/',
  protocol: 'HTTP/1.1',
  rawHeaders: [],
  hostCount: 1,
  peer: '192.0.2.1',
  localPort: 80,
  isSecure: false,
  header: () => undefined,
};

/** Asks the policies as a pipeline does, as fast as it can. */
function run(task: LimitingTask): LimitingResult {
  const memory = new SharedMemory(task.shape, task.buffer);
  const balancer = new Balancer(memory, task.worker);
  balancer.use(task.snapshot);
  const policies = makePolicies(memory, task.worker);
  for (const policy of policies) policy.use?.(task.snapshot);
  const service = balancer.route('any', '/')!;
  const [admitted, refused, refusedAt]: [number[], number[], number[]] = [[], [], []];
  parentPort!.postMessage('ready');
  Atomics.wait(task.gate, 0, 0);
  const endMs = monotonicMs() + task.durationMs;
  while (monotonicMs() < endMs) {
    const exchange = new Exchange(SESSION, HEAD);
    exchange.service = service;
    exchange.path = '/';
    const isAdmitted = policies.every((policy) => policy.admit(exchange) === null);
    (isAdmitted ? admitted : refused).push(exchange.startedMs);
    if (!isAdmitted) refusedAt.push(monotonicMs());
  }
  return {
    admitted: Float64Array.from(admitted),
    refused: Float64Array.from(refused),
    refusedAt: Float64Array.from(refusedAt),
  };
}

if (parentPort !== null) parentPort.postMessage(run(workerData as LimitingTask));
