import type { PickContext } from '../pick-context.js';
import { Rendezvous } from '../rendezvous.js';
import type { Rotation } from '../rotation.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { HASH_START, hashText } from '../text-hash.js';
import type { Algorithm, AlgorithmScope } from './algorithm.js';

/** The same path and query, the same backend: for backends that cache. An empty query counts as none. */
export class UrlHashAlgorithm implements Algorithm {
  readonly exclusive: boolean;
  private readonly rendezvous: Rendezvous;

  constructor(scope: AlgorithmScope) {
    this.rendezvous = new Rendezvous(scope);
    this.exclusive = this.rendezvous.isBounded;
  }

  pick(rotation: Rotation, context: PickContext, avoid: readonly BackendRuntime[]): BackendRuntime {
    const path = hashText(context.path, HASH_START);
    const hash = context.query === '' ? path : hashText(context.query, hashText('?', path));
    return this.rendezvous.pick(rotation, hash, avoid);
  }
}
