import type { PolicyEvent, RedisSettings, SharedMemory } from '../../common/contract/index.js';
import type { OutcomeObserver } from './outcomes/outcome.observer.js';
import type { Gate } from './policies/gate.js';
import { makeSharedLimitGate } from './policies/rate-limit/shared/index.js';

/** What exchanges pass, and who is told how they go, besides the policies that decide. */
export interface TrafficParts {
  readonly gates: readonly Gate[];
  readonly observers: readonly OutcomeObserver[];
}

/** What a composition knows beside the shared memory. */
export interface TrafficOptions {
  /** Default: rate limits count in this balancer alone. */
  readonly redis?: RedisSettings | null;
  /** Tells the main thread; must not throw. Default: nobody is told. */
  readonly tellEvent?: (event: PolicyEvent) => void;
}

/**
 * The same in every composition of the data plane.
 *
 * @param worker Index of this thread's own cells in the shared memory.
 */
export function makeTrafficParts(
  memory: SharedMemory,
  worker: number,
  { redis = null, tellEvent = () => undefined }: TrafficOptions = {},
): TrafficParts {
  const sharedLimits = redis === null ? [] : [makeSharedLimitGate(memory, worker, { redis, tellEvent })];
  return { gates: [...sharedLimits], observers: [] };
}
