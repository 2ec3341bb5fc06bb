import { LATENCY_BUCKETS, latencyPercentileUs } from '../../../common/contract/index.js';

/** What clients got in some time. */
export interface Traffic {
  /** Exchanges that were answered, by a backend or by us. */
  readonly requests: number;
  /** Of these with 5xx, whoever said so. */
  readonly errors: number;
  /** errors / requests; 0 without requests. */
  readonly share: number;
  /** Responses of backends: those that have a latency. */
  readonly responses: number;
  /** From the request's head to the response's: 99 of 100 took no longer. 0: there were none. */
  readonly p99Ms: number;
}

export const NO_TRAFFIC: Traffic = { requests: 0, errors: 0, share: 0, responses: 0, p99Ms: 0 };

/** Counters as they stand: drops, errors, and the histogram of latency. They only grow. */
export type TrafficRow = Float64Array;

export const TrafficCell = { drops: 0, errors: 1, latency: 2 } as const;
export const TRAFFIC_CELLS = TrafficCell.latency + LATENCY_BUCKETS;

const P99 = 0.99;
const US_PER_MS = 1_000;

/** What was counted between two readings; `before` null: from the start on, also when the counters began anew. */
export function trafficBetween(before: TrafficRow | null, after: TrafficRow): Traffic {
  const counts = difference(before, after) ?? after;
  const histogram = counts.subarray(TrafficCell.latency);
  const responses = histogram.reduce((sum, count) => sum + count, 0);
  const requests = responses + counts[TrafficCell.drops]!;
  const errors = counts[TrafficCell.errors]!;
  return {
    requests,
    errors,
    share: requests === 0 ? 0 : errors / requests,
    responses,
    p99Ms: latencyPercentileUs(histogram, P99) / US_PER_MS,
  };
}

/** null: a counter went back, so that the slot was given to another service in between. */
function difference(before: TrafficRow | null, after: TrafficRow): TrafficRow | null {
  if (before === null) return null;
  const counts = after.map((count, cell) => count - before[cell]!);
  return counts.some((count) => count < 0) ? null : counts;
}
