import type { PolicyEvent, RedisSettings, SharedMemory } from '../../common/contract/index.js';
import type { Balancer } from '../balancer/index.js';
import { DeadlineTicker } from './deadline.ticker.js';
import { MirrorObserver } from './mirror/mirror.observer.js';
import { OffenceObserver } from './offences/offence.observer.js';
import { OutageObserver } from './outcomes/outage.observer.js';
import type { OutcomeObserver } from './outcomes/outcome.observer.js';
import { CircuitGate } from './policies/breaker/circuit.gate.js';
import type { Gate } from './policies/gate.js';
import { makeSharedLimitGate } from './policies/rate-limit/shared/index.js';
import { RetryBudget } from './retry/retry-budget.js';
import { BackendWaits } from './queue/backend.waits.js';
import { QueueGate } from './queue/queue.gate.js';
import type { QueueParts } from './queue/turn.place.js';
import { WaitingPlaces } from './queue/waiting.places.js';

/** What exchanges pass, and who is told how they go, besides the policies that decide. */
export interface TrafficParts {
  readonly gates: readonly Gate[];
  readonly observers: readonly OutcomeObserver[];
  readonly retryBudget: RetryBudget;
  /** Where exchanges wait that find no backend. */
  readonly waits: BackendWaits;
}

/** What a composition knows beside the shared memory. */
export interface TrafficOptions {
  readonly balancer: Balancer;
  /** Default: rate limits count in this balancer alone. */
  readonly redis?: RedisSettings | null;
  /** Tells the main thread; must not throw. Default: nobody is told. */
  readonly tellEvent?: ((event: PolicyEvent) => void) | undefined;
}

/** What waits is looked at this often: a deadline is met, and a backend tried again, at most so much late. */
const QUEUE_TICK_MS = 25;

/**
 * The same in every composition of the data plane.
 *
 * @param worker Index of this thread's own cells in the shared memory.
 */
export function makeTrafficParts(
  memory: SharedMemory,
  worker: number,
  { balancer, redis = null, tellEvent = () => undefined }: TrafficOptions,
): TrafficParts {
  const sharedLimits = redis === null ? [] : [makeSharedLimitGate(memory, worker, { redis, tellEvent })];
  const queue: QueueParts = {
    memory,
    worker,
    places: new WaitingPlaces(memory, worker),
    ticker: new DeadlineTicker(QUEUE_TICK_MS),
  };
  const waits = new BackendWaits(queue);
  return {
    gates: [...sharedLimits, new CircuitGate(memory, worker, tellEvent), new QueueGate(queue)],
    observers: [
      new OutageObserver(memory, worker, tellEvent),
      waits,
      new MirrorObserver(memory, balancer),
      new OffenceObserver(memory, worker, tellEvent),
    ],
    waits,
    retryBudget: new RetryBudget(memory, worker),
  };
}
