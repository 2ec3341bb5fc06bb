import type { PickContext } from '../pick-context.js';
import { RandomChooser } from '../random.chooser.js';
import type { Rotation } from '../rotation.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { Rule } from '../trace/pick.trace.js';
import type { RandomSource } from '../weighted-draw.js';
import type { Algorithm } from './algorithm.js';

/** At random, in proportion to the weights. */
export class RandomAlgorithm implements Algorithm {
  readonly exclusive = false;
  private readonly chooser: RandomChooser;

  constructor(random: RandomSource) {
    this.chooser = new RandomChooser(random);
  }

  pick(rotation: Rotation, context: PickContext, avoid: readonly BackendRuntime[]): BackendRuntime {
    const first = this.chooser.first(rotation, avoid);
    context.trace.rule = Rule.draw;
    context.trace.first = first;
    return rotation.backends[first]!;
  }
}
