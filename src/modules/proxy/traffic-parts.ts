import type { PolicyEvent, SharedMemory } from '../../common/contract/index.js';
import { OutageObserver } from './outcomes/outage.observer.js';
import type { OutcomeObserver } from './outcomes/outcome.observer.js';
import { CircuitGate } from './policies/breaker/circuit.gate.js';
import type { Gate } from './policies/gate.js';

/** What exchanges pass, and who is told how they go, besides the policies that decide. */
export interface TrafficParts {
  readonly gates: readonly Gate[];
  readonly observers: readonly OutcomeObserver[];
}

/**
 * The same in every composition of the data plane.
 *
 * @param worker Index of this thread's own cells in the shared memory.
 * @param tell Tells the main thread what a policy did; must not throw. Default: nobody is told.
 */
export function makeTrafficParts(
  memory: SharedMemory,
  worker: number,
  tell?: (event: PolicyEvent) => void,
): TrafficParts {
  return {
    gates: [new CircuitGate(memory, worker, tell)],
    observers: [new OutageObserver(memory, worker, tell)],
  };
}
