import { parentPort, workerData } from 'node:worker_threads';
import {
  BackendCell,
  SharedMemory,
  type SharedMemoryShape,
  type Snapshot,
} from '../../../src/common/contract/index.js';
import {
  type Algorithm,
  type BackendRuntime,
  Balancer,
  type PickContext,
  type Rotation,
  ServiceRuntime,
} from '../../../src/modules/balancer/index.js';
import { seededRandom, TestContext } from '../../support/balancer.fixture.js';

/** Cells of the gate that the threads of one test share. */
export const Gate = { open: 0, inside: 1, cells: 2 } as const;

export interface PickingTask {
  readonly buffer: SharedArrayBuffer;
  readonly shape: SharedMemoryShape;
  readonly snapshot: Snapshot;
  readonly worker: number;
  readonly gate: Int32Array;
  readonly picks: number;
  /** `hold`: all stay in flight; `churn`: each is ended some picks later. */
  readonly mode: 'hold' | 'churn';
}

export interface PickingResult {
  /** Picks by backend slot. */
  readonly picked: readonly number[];
  /** Another thread was choosing at the same time. */
  readonly overlaps: number;
  /** Another backend had fewer in flight per weight when this one was chosen. */
  readonly misses: number;
  /** A count was seen below zero. */
  readonly negatives: number;
}

/** Looks over an algorithm's shoulder, under the lock that the balancer takes for it. */
class WatchedAlgorithm implements Algorithm {
  readonly exclusive: boolean;
  overlaps = 0;
  misses = 0;

  constructor(
    private readonly inner: Algorithm,
    private readonly memory: SharedMemory,
    private readonly gate: Int32Array,
  ) {
    this.exclusive = inner.exclusive;
  }

  pick(rotation: Rotation, context: PickContext, avoid: readonly BackendRuntime[]): BackendRuntime {
    if (Atomics.add(this.gate, Gate.inside, 1) !== 0) this.overlaps++;
    const backend = this.inner.pick(rotation, context, avoid);
    if (rotation.backends.some((other) => this.load(other) < this.load(backend))) this.misses++;
    Atomics.sub(this.gate, Gate.inside, 1);
    return backend;
  }

  private load(backend: BackendRuntime): number {
    return Atomics.load(this.memory.backends, backend.row + BackendCell.inFlight) / backend.snapshot.weight;
  }
}

function run(task: PickingTask): PickingResult {
  const memory = new SharedMemory(task.shape, task.buffer);
  const balancer = new Balancer(memory, task.worker);
  balancer.use(task.snapshot);
  const routed = balancer.route('any', '/')!;
  const watched = new WatchedAlgorithm(routed.algorithm, memory, task.gate);
  const whole = { algorithm: watched, rotations: routed.rotations };
  const service = new ServiceRuntime(routed.snapshot, routed.backends, whole);
  const picked = service.backends.map(() => 0);
  const running: BackendRuntime[] = [];
  const random = seededRandom(task.worker);
  let negatives = 0;
  const release = (backend: BackendRuntime) => {
    balancer.release(service, backend);
    if (Atomics.load(memory.backends, backend.row + BackendCell.inFlight) < 0) negatives++;
  };
  parentPort!.postMessage('ready');
  Atomics.wait(task.gate, Gate.open, 0);
  for (let pick = 0; pick < task.picks; pick++) {
    const backend = balancer.pick(service, new TestContext())!;
    picked[backend.snapshot.slot]! += 1;
    running.push(backend);
    while (task.mode === 'churn' && running.length > 20 * random()) release(running.shift()!);
  }
  if (task.mode === 'churn') for (const backend of running) release(backend);
  return { picked, overlaps: watched.overlaps, misses: watched.misses, negatives };
}

if (parentPort !== null) parentPort.postMessage(run(workerData as PickingTask));
