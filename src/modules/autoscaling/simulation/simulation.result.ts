import type { ScalingDecision } from '../decision/index.js';
import type { LoadKind } from './load.trace.js';

/** What came out of a simulation. Times are Unix milliseconds, durations milliseconds. */
export interface SimulationResult {
  readonly startedAt: number;
  readonly durationMs: number;
  readonly intervalMs: number;
  readonly load: LoadKind;
  /** One for each interval. */
  readonly samples: readonly SimulationSample[];
  /** Each of them, also those that changed nothing. */
  readonly decisions: readonly ScalingDecision[];
  readonly summary: SimulationSummary;
}

/** What was seen when an interval ended. */
export interface SimulationSample {
  readonly time: number;
  /** Of the trace, in its unit. */
  readonly load: number;
  /** Backends: there or on their way, taking requests, wanted from now on. */
  readonly current: number;
  readonly ready: number;
  readonly desired: number;
  /** Waiting ones included. */
  readonly inFlight: number;
  readonly waiting: number;
  readonly requestsPerSecond: number;
  /** Of the requests that were begun in the interval; null: none was. */
  readonly p95Ms: number | null;
  /** In the interval. */
  readonly refused: number;
  /** Whether a metric was above its target, beyond the tolerance, for those that took requests. */
  readonly isAboveTarget: boolean;
}

export interface SimulationSummary {
  readonly decisions: number;
  /** Decisions for another count. */
  readonly changes: number;
  readonly lowest: number;
  readonly highest: number;
  /** On the average of the time. */
  readonly meanBackends: number;
  readonly backendHours: number;
  /** Hours by price; null: no price is given. */
  readonly cost: number | null;
  readonly requests: number;
  readonly refused: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly longestMs: number | null;
  readonly aboveTargetMs: number;
}
