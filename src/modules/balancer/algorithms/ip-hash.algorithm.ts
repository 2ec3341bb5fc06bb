import type { PickContext } from '../pick-context.js';
import { Rendezvous } from '../rendezvous.js';
import type { Rotation } from '../rotation.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { HASH_START, hashText } from '../text-hash.js';
import type { Algorithm, AlgorithmScope } from './algorithm.js';

/** The same client address, the same backend. */
export class IpHashAlgorithm implements Algorithm {
  readonly exclusive: boolean;
  private readonly rendezvous: Rendezvous;

  constructor(scope: AlgorithmScope) {
    this.rendezvous = new Rendezvous(scope);
    this.exclusive = this.rendezvous.isBounded;
  }

  pick(rotation: Rotation, context: PickContext, avoid: readonly BackendRuntime[]): BackendRuntime {
    return this.rendezvous.pick(rotation, hashText(context.client, HASH_START), avoid);
  }
}
