import { SCALING_METRICS, type ScalingMetric } from '../../../common/config/index.js';
import type { ScalingDecision, ScalingObservation } from './decision.js';
import type { ScalingSettings } from './settings.js';

/** What the metrics ask for, before any limit. */
export interface Demand {
  readonly wanted: ScalingDecision['wanted'];
  /** The one whose count holds; null: none has a say. */
  readonly metric: ScalingMetric | null;
  /** What that metric asks for by itself. */
  readonly raw: number;
  /** The same, but within the tolerance what is there. */
  readonly count: number;
  /** Targets whose metric has no value now. */
  readonly unknown: readonly ScalingMetric[];
}

/** Below this a product is as good as a whole number: 0.7 x 3 / 0.7 is 3, not 4. */
const ROUNDING = 1e-9;

export function ceiling(value: number): number {
  return Math.max(0, Math.ceil(value - ROUNDING));
}

export function floorOf(value: number): number {
  return Math.floor(value + ROUNDING);
}

/** The highest count wins; of equal ones the first in the order of SCALING_METRICS. */
export function demandOf(settings: ScalingSettings, observation: ScalingObservation): Demand {
  const wanted: ScalingDecision['wanted'][number][] = [];
  const unknown: ScalingMetric[] = [];
  let best: { metric: ScalingMetric; raw: number; count: number } | null = null;
  for (const metric of SCALING_METRICS) {
    const target = settings.targets[metric];
    if (target === undefined || hasNoSay(metric, observation)) continue;
    const value = valueOf(metric, observation);
    if (value === null) {
      unknown.push(metric);
      continue;
    }
    const raw = rawCount(metric, value / target, observation);
    const count = isWithin(settings.tolerance, { metric, value, target, observation })
      ? observation.current
      : raw;
    wanted.push({ metric, value, target, count: raw });
    if (best === null || count > best.count) best = { metric, raw, count };
  }
  return { wanted, unknown, metric: best?.metric ?? null, raw: best?.raw ?? 0, count: best?.count ?? 0 };
}

/** A sum is shared by however many there are; the others are the same for each, so that they say something only of those that are there. */
export function isSum(metric: ScalingMetric): boolean {
  return metric !== 'p95Ms' && metric !== 'cpu';
}

function hasNoSay(metric: ScalingMetric, { current }: ScalingObservation): boolean {
  return !isSum(metric) && current === 0;
}

/** Without requests there is no latency to know: it asks for nothing, rather than keeping what is there for ever. */
function valueOf(metric: ScalingMetric, { metrics }: ScalingObservation): number | null {
  const value = metrics[metric];
  if (value !== null || metric !== 'p95Ms') return value;
  const isQuiet = metrics.inFlight === 0 && (metrics.requestsPerSecond ?? 0) === 0;
  return isQuiet ? 0 : null;
}

/**
 * `ratio` is value by target. Of a metric that is no sum, copies that do not serve yet are taken to relieve the others: or
 * else each look while they start would ask for more.
 */
function rawCount(metric: ScalingMetric, ratio: number, { current, ready }: ScalingObservation): number {
  if (isSum(metric)) return ceiling(ratio);
  if (ratio <= 1) return ceiling(current * ratio);
  return Math.max(current, ceiling(Math.min(ready, current) * ratio));
}

function isWithin(
  tolerance: number,
  seen: { metric: ScalingMetric; value: number; target: number; observation: ScalingObservation },
): boolean {
  const { metric, value, target, observation } = seen;
  if (observation.current === 0) return false;
  const ratio = isSum(metric) ? value / (target * observation.current) : value / target;
  return Math.abs(ratio - 1) <= tolerance + ROUNDING;
}
