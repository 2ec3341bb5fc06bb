import { BackendCell, monotonicMs } from '../../../common/contract/index.js';
import { LatencyAverage } from '../latency.average.js';
import type { PickContext } from '../pick-context.js';
import { RandomChooser } from '../random.chooser.js';
import type { Rotation } from '../rotation.js';
import type { BackendRuntime } from '../backend-runtime.js';
import { Rule } from '../trace/pick.trace.js';
import type { RandomSource } from '../weighted-draw.js';
import type { Algorithm, AlgorithmScope } from './algorithm.js';

/** Stands for the latency of a backend that has something in flight but has never answered: worse than any that has. */
const UNKNOWN_LATENCY_US = 2 ** 31;

/**
 * Of two different backends drawn by weight, the one where an exchange is expected to take less: average latency times
 * the exchanges it would then have in flight, per weight. One that has never answered gets its first exchange at once
 * and no further one until the answer tells what to expect of it.
 */
export class PeakEwmaAlgorithm implements Algorithm {
  readonly exclusive = false;
  private readonly cells: Int32Array;
  private readonly latency: LatencyAverage;
  private readonly chooser: RandomChooser;

  constructor(scope: AlgorithmScope, random: RandomSource) {
    this.cells = scope.memory.backends;
    this.latency = new LatencyAverage(scope.memory);
    this.chooser = new RandomChooser(random);
  }

  pick(rotation: Rotation, context: PickContext, avoid: readonly BackendRuntime[]): BackendRuntime {
    const first = this.chooser.first(rotation, avoid);
    const second = this.chooser.second(rotation, first, avoid);
    const { backends } = rotation;
    const { trace } = context;
    trace.rule = Rule.two;
    trace.first = first;
    trace.second = second;
    if (first === second) return backends[first]!;
    const nowMs = monotonicMs();
    trace.firstLoad = this.load(backends[first]!);
    trace.secondLoad = this.load(backends[second]!);
    trace.firstScore = this.cost(rotation, first, trace.firstLoad, nowMs);
    trace.secondScore = this.cost(rotation, second, trace.secondLoad, nowMs);
    return backends[trace.secondScore < trace.firstScore ? second : first]!;
  }

  private load(backend: BackendRuntime): number {
    return Atomics.load(this.cells, backend.row + BackendCell.inFlight);
  }

  private cost(rotation: Rotation, index: number, inFlight: number, nowMs: number): number {
    const averageUs = this.latency.read(rotation.backends[index]!, nowMs);
    const expectedUs = averageUs === 0 && inFlight > 0 ? UNKNOWN_LATENCY_US : averageUs;
    return (expectedUs * (inFlight + 1)) / rotation.weights[index]!;
  }
}
