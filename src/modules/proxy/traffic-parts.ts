import type { SharedMemory } from '../../common/contract/index.js';
import type { Balancer } from '../balancer/index.js';
import { MirrorObserver } from './mirror/mirror.observer.js';
import type { OutcomeObserver } from './outcomes/outcome.observer.js';
import type { Gate } from './policies/gate.js';
import { RetryBudget } from './retry/retry-budget.js';

/** What exchanges pass, and who is told how they go, besides the policies that decide. */
export interface TrafficParts {
  readonly gates: readonly Gate[];
  readonly observers: readonly OutcomeObserver[];
  readonly retryBudget: RetryBudget;
}

/**
 * The same in every composition of the data plane.
 *
 * @param worker Index of this thread's own cells in the shared memory.
 */
export function makeTrafficParts(memory: SharedMemory, worker: number, balancer: Balancer): TrafficParts {
  return {
    gates: [],
    observers: [new MirrorObserver(memory, balancer)],
    retryBudget: new RetryBudget(memory, worker),
  };
}
