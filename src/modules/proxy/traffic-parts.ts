import type { PolicyEvent, SharedMemory } from '../../common/contract/index.js';
import { OffenceObserver } from './offences/offence.observer.js';
import type { OutcomeObserver } from './outcomes/outcome.observer.js';
import type { Gate } from './policies/gate.js';

/** What exchanges pass, and who is told how they go, besides the policies that decide. */
export interface TrafficParts {
  readonly gates: readonly Gate[];
  readonly observers: readonly OutcomeObserver[];
}

/** What a composition knows beside the shared memory. */
export interface TrafficOptions {
  /** Tells the main thread; must not throw. Default: nobody is told. */
  readonly tellEvent?: ((event: PolicyEvent) => void) | undefined;
}

/**
 * The same in every composition of the data plane.
 *
 * @param worker Index of this thread's own cells in the shared memory.
 */
export function makeTrafficParts(
  memory: SharedMemory,
  worker: number,
  { tellEvent = () => undefined }: TrafficOptions = {},
): TrafficParts {
  return { gates: [], observers: [new OffenceObserver(memory, worker, tellEvent)] };
}
