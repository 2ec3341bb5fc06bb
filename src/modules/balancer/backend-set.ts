import type { Algorithm } from './algorithms/algorithm.js';
import type { RotationCache } from './rotation.cache.js';

/** Backends that are picked from as one: those of a service, or of a group of it. */
export interface BackendSet {
  readonly algorithm: Algorithm;
  readonly rotations: RotationCache;
}
