import type { ServiceSnapshot, SharedMemory } from '../../../common/contract/index.js';
import type { PickContext } from '../pick-context.js';
import type { Rotation } from '../rotation.js';
import type { BackendRuntime } from '../backend-runtime.js';

/**
 * How a backend is picked from the rotation. Called once per attempt on the hot path: synchronous, at most O(rotation),
 * no allocation. Decides over the rotation and the shared memory only; what it builds from a rotation it keeps until
 * it is given another one.
 */
export interface Algorithm {
  /**
   * The decision compares in-flight counts that the pick itself then changes, so that no other worker may pick in
   * between: the balancer runs such a pick, with its count, under the service's lock.
   */
  readonly exclusive: boolean;
  /** A backend of the rotation, which is never empty, that is not in `avoid`, which never holds all of it. */
  pick(rotation: Rotation, context: PickContext, avoid: readonly BackendRuntime[]): BackendRuntime;
}

/** What an algorithm is built for. */
export interface AlgorithmScope {
  readonly memory: SharedMemory;
  readonly service: ServiceSnapshot;
  /** Index of the group of the service that it is for; absent: for all of the service. */
  readonly group?: number;
  /** All backends of the service, or of the group, in rotation or not. */
  readonly backends: readonly BackendRuntime[];
  /** Hex secret that signs affinity cookies. */
  readonly affinitySecret: string;
}
