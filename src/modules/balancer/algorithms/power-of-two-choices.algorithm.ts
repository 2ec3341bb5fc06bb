import { BackendCell } from '../../../common/contract/index.js';
import type { PickContext } from '../pick-context.js';
import { RandomChooser } from '../random.chooser.js';
import type { Rotation } from '../rotation.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { Rule } from '../trace/pick.trace.js';
import type { RandomSource } from '../weighted-draw.js';
import type { Algorithm, AlgorithmScope } from './algorithm.js';

/**
 * Of two different backends drawn by weight, the one with fewer exchanges in flight per weight; the first when equal,
 * so that an idle service is spread by weight. Close to least connections at a constant cost and without a lock.
 */
export class PowerOfTwoChoicesAlgorithm implements Algorithm {
  readonly exclusive = false;
  private readonly cells: Int32Array;
  private readonly chooser: RandomChooser;

  constructor(scope: AlgorithmScope, random: RandomSource) {
    this.cells = scope.memory.backends;
    this.chooser = new RandomChooser(random);
  }

  pick(rotation: Rotation, context: PickContext, avoid: readonly BackendRuntime[]): BackendRuntime {
    const first = this.chooser.first(rotation, avoid);
    const second = this.chooser.second(rotation, first, avoid);
    const { backends, weights } = rotation;
    const firstLoad = this.load(backends[first]!);
    const secondLoad = this.load(backends[second]!);
    const isSecondLighter = secondLoad * weights[first]! < firstLoad * weights[second]!;
    const { trace } = context;
    trace.rule = Rule.two;
    trace.first = first;
    trace.second = second;
    trace.firstLoad = firstLoad;
    trace.secondLoad = secondLoad;
    trace.firstScore = firstLoad / weights[first]!;
    trace.secondScore = secondLoad / weights[second]!;
    return backends[isSecondLighter ? second : first]!;
  }

  private load(backend: BackendRuntime): number {
    return Atomics.load(this.cells, backend.row + BackendCell.inFlight);
  }
}
