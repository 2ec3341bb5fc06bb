import type { ServiceSnapshot } from '../../common/contract/index.js';
import type { Algorithm } from './algorithms/algorithm.js';
import type { BackendRuntime } from './backend-runtime.js';
import type { BackendSet } from './backend-set.js';
import type { RotationCache } from './rotation.cache.js';
import type { ServiceSplit } from './split/service.split.js';

/** One service as this thread sees it: settings, backends and the algorithm built for them. */
export class ServiceRuntime implements BackendSet {
  readonly algorithm: Algorithm;
  readonly rotations: RotationCache;
  /** Whether its backends run no more exchanges than their `maxInFlight`. */
  readonly limitsBackends: boolean;

  constructor(
    readonly snapshot: ServiceSnapshot,
    readonly backends: readonly BackendRuntime[],
    whole: BackendSet,
    /** Its groups; null: it is not split. */
    readonly split: ServiceSplit | null = null,
  ) {
    const { queue } = snapshot.policies;
    this.algorithm = whole.algorithm;
    this.rotations = whole.rotations;
    this.limitsBackends = queue.limitsBackends && !queue.shadow;
  }

  /** A newer runtime serves from now on. */
  supersede(): void {
    this.rotations.supersede();
    this.split?.supersede();
  }
}
