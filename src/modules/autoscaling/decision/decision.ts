import type { ScalingMetric } from '../../../common/config/index.js';

/** What is seen of a service at one moment. */
export interface ScalingObservation {
  /** Unix milliseconds. */
  readonly time: number;
  /** Copies that are there or on their way: not failed, not draining. */
  readonly current: number;
  /** Those of them that take requests. */
  readonly ready: number;
  /** Sums over the service (in flight: waiting ones included), but p95Ms and cpu; null: not known now. */
  readonly metrics: Readonly<Record<ScalingMetric, number | null>>;
  /** When the last request came; null: none since the start. */
  readonly lastRequestAt: number | null;
  /** Requests that wait for a backend. */
  readonly waiting: number;
  /** Other balancers serve as well, and what they have is not known: there is at least as much as `metrics` say. */
  readonly isPartial?: boolean;
}

/** What earlier decisions leave behind. Plain data. */
export interface ScalingMemory {
  /** What was wanted lately, the oldest first; as far back as the longer stabilisation window. */
  readonly wanted: readonly { readonly time: number; readonly count: number }[];
  readonly lastUpAt: number | null;
  readonly lastDownAt: number | null;
  /** Since when there has been at least one copy; null: there is none. A copy that got no request yet is idle from then on. */
  readonly awakeSince: number | null;
}

/** `unknown`: a metric with a target had no value, or only a part of its value was known, and so nothing was taken away. */
export type ScalingLimit =
  | 'min'
  | 'max'
  | 'schedule'
  | 'tolerance'
  | 'unknown'
  | 'stabilisation'
  | 'cooldown'
  | 'step'
  | 'idle'
  | 'wake';

/** How many there should be, and why. */
export interface ScalingDecision {
  readonly time: number;
  readonly current: number;
  readonly desired: number;
  /** The metric that asked for the most; null: none did. */
  readonly metric: ScalingMetric | null;
  /** What each metric asked for: its value, its target, and the count. */
  readonly wanted: readonly {
    readonly metric: ScalingMetric;
    readonly value: number;
    readonly target: number;
    readonly count: number;
  }[];
  /** What made it another count than the metrics asked for, in the order in which it did. */
  readonly limits: readonly ScalingLimit[];
  /** One sentence for people: `24 in flight for 2 backends are 12 each, target 5: 5 wanted`. */
  readonly reason: string;
}
