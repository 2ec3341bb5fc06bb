import type { PickContext } from '../pick-context.js';
import type { Rotation } from '../rotation.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { TurnTaker } from '../turn.taker.js';
import type { Algorithm, AlgorithmScope } from './algorithm.js';

/** Equal turns, exact over all workers. Weights do not matter, apart from 0; slow start does. */
export class RoundRobinAlgorithm implements Algorithm {
  readonly exclusive = false;
  private readonly taker: TurnTaker;

  constructor(scope: AlgorithmScope) {
    this.taker = new TurnTaker(scope);
  }

  pick(rotation: Rotation, context: PickContext, avoid: readonly BackendRuntime[]): BackendRuntime {
    return this.taker.take(rotation, rotation.warmth, avoid, context.trace);
  }
}
