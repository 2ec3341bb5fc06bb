import type { PickContext } from '../pick-context.js';
import { Rendezvous } from '../rendezvous.js';
import type { Rotation } from '../rotation.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { HASH_START, hashText } from '../text-hash.js';
import type { Algorithm, AlgorithmScope } from './algorithm.js';

/** The same value of one request header, the same backend. Without the header, or empty, the client address decides. */
export class HeaderHashAlgorithm implements Algorithm {
  readonly exclusive: boolean;
  private readonly rendezvous: Rendezvous;
  private readonly header: string;

  constructor(scope: AlgorithmScope) {
    this.rendezvous = new Rendezvous(scope);
    this.exclusive = this.rendezvous.isBounded;
    this.header = scope.service.algorithm.header;
  }

  pick(rotation: Rotation, context: PickContext, avoid: readonly BackendRuntime[]): BackendRuntime {
    const key = context.header(this.header) || context.client;
    return this.rendezvous.pick(rotation, hashText(key, HASH_START), avoid);
  }
}
