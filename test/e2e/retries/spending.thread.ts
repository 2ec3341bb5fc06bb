import { parentPort, workerData } from 'node:worker_threads';
import {
  monotonicMs,
  type RetrySettings,
  SharedMemory,
  type SharedMemoryShape,
} from '../../../src/common/contract/index.js';
import { RetryBudget } from '../../../src/modules/proxy/index.js';

export interface SpendingTask {
  readonly buffer: SharedArrayBuffer;
  readonly shape: SharedMemoryShape;
  readonly settings: RetrySettings;
  readonly worker: number;
  readonly gate: Int32Array;
  readonly durationMs: number;
  /** Every how many milliseconds there is a request. */
  readonly everyMs: number;
}

/** Monotonic milliseconds: of each request; of each extra try, before it was asked for and after it was granted. */
export interface SpendingResult {
  readonly requests: Float64Array;
  readonly asked: Float64Array;
  readonly granted: Float64Array;
  readonly refused: number;
}

/** Counts requests at a steady rate, and wants as many extra tries as it can ask for. */
function run(task: SpendingTask): SpendingResult {
  const budget = new RetryBudget(new SharedMemory(task.shape, task.buffer), task.worker);
  const [requests, asked, granted]: [number[], number[], number[]] = [[], [], []];
  let refused = 0;
  parentPort!.postMessage('ready');
  Atomics.wait(task.gate, 0, 0);
  const startMs = monotonicMs();
  for (let nowMs = startMs; nowMs < startMs + task.durationMs; nowMs = monotonicMs()) {
    if (nowMs - startMs >= requests.length * task.everyMs) {
      requests.push(nowMs);
      budget.countRequest(0, nowMs);
    }
    if (budget.take(0, task.settings, nowMs)) {
      asked.push(nowMs);
      granted.push(monotonicMs());
    } else refused++;
  }
  return {
    requests: Float64Array.from(requests),
    asked: Float64Array.from(asked),
    granted: Float64Array.from(granted),
    refused,
  };
}

if (parentPort !== null) parentPort.postMessage(run(workerData as SpendingTask));
