import type { PickContext } from '../pick-context.js';
import { Rendezvous } from '../rendezvous.js';
import { Rule } from '../trace/pick.trace.js';
import type { Rotation } from '../rotation.js';
import type { BackendRuntime } from '../backend-runtime.js';
import type { Algorithm, AlgorithmScope } from './algorithm.js';

/** What the consistent hashes have in common: all but the key. */
export abstract class HashAlgorithm implements Algorithm {
  readonly exclusive: boolean;
  private readonly rendezvous: Rendezvous;

  constructor(scope: AlgorithmScope) {
    this.rendezvous = new Rendezvous(scope);
    this.exclusive = this.rendezvous.isBounded;
  }

  pick(rotation: Rotation, context: PickContext, avoid: readonly BackendRuntime[]): BackendRuntime {
    const { trace } = context;
    trace.rule = Rule.hash;
    trace.hash = this.hashOf(context);
    return this.rendezvous.pick(rotation, trace, avoid);
  }

  /** The key's `hashText`. */
  protected abstract hashOf(context: PickContext): number;
}
