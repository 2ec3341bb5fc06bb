import type { SharedMemory } from '../../common/contract/index.js';
import type { OutcomeObserver } from './outcomes/outcome.observer.js';
import type { Gate } from './policies/gate.js';

/** What exchanges pass, and who is told how they go, besides the policies that decide. */
export interface TrafficParts {
  readonly gates: readonly Gate[];
  readonly observers: readonly OutcomeObserver[];
}

/**
 * The same in every composition of the data plane.
 *
 * @param _worker Index of this thread's own cells in the shared memory.
 */
export function makeTrafficParts(_memory: SharedMemory, _worker: number): TrafficParts {
  return { gates: [], observers: [] };
}
