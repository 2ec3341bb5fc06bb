import type { ServiceSnapshot } from '../../common/contract/index.js';
import type { Algorithm } from './algorithms/algorithm.js';
import type { BackendRuntime } from './backend-runtime.js';
import type { RotationCache } from './rotation.cache.js';

/** One service as this thread sees it: settings, backends and the algorithm built for them. */
export class ServiceRuntime {
  /** Whether its backends run no more exchanges than their `maxInFlight`. */
  readonly limitsBackends: boolean;

  constructor(
    readonly snapshot: ServiceSnapshot,
    readonly backends: readonly BackendRuntime[],
    readonly algorithm: Algorithm,
    readonly rotations: RotationCache,
  ) {
    const { queue } = snapshot.policies;
    this.limitsBackends = queue.limitsBackends && !queue.shadow;
  }
}
