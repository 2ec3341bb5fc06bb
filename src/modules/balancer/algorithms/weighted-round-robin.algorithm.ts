import type { PickContext } from '../pick-context.js';
import type { Rotation } from '../rotation.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { TurnTaker } from '../turn.taker.js';
import type { Algorithm, AlgorithmScope } from './algorithm.js';

/** Turns in proportion to the weights, spread evenly, exact over all workers: see `turn-sequence.ts`. */
export class WeightedRoundRobinAlgorithm implements Algorithm {
  readonly exclusive = false;
  private readonly taker: TurnTaker;

  constructor(scope: AlgorithmScope) {
    this.taker = new TurnTaker(scope);
  }

  pick(rotation: Rotation, context: PickContext, avoid: readonly BackendRuntime[]): BackendRuntime {
    return this.taker.take(rotation, rotation.weights, avoid, context.trace);
  }
}
