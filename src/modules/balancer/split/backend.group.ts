import type { GroupSettings } from '../../../common/contract/index.js';
import type { Algorithm } from '../algorithms/algorithm.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { hasOtherThan } from '../rotation.js';
import type { RotationCache } from '../rotation.cache.js';
import type { BackendSet } from '../backend-set.js';

/** One group of the backends of a split service, with a rotation and an algorithm of its own. */
export class BackendGroup implements BackendSet {
  readonly name: string;
  readonly share: number;

  constructor(
    { name, share }: GroupSettings,
    readonly algorithm: Algorithm,
    readonly rotations: RotationCache,
    /** `Set-Cookie` value that keeps a client here; empty: none does. */
    readonly setCookie: string,
  ) {
    this.name = name;
    this.share = share;
  }

  get hasBackend(): boolean {
    return this.rotations.current().backends.length > 0;
  }

  /** Whether a backend is in rotation that has not been tried. */
  hasOther(tried: readonly BackendRuntime[]): boolean {
    return hasOtherThan(this.rotations.current(), tried);
  }
}
