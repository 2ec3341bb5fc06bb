import type { ScalingDirectionConfig, ScalingMetric } from '../../src/common/config/index.js';
import {
  decide,
  NO_MEMORY,
  type ScalingDecision,
  type ScalingObservation,
  type ScalingSettings,
} from '../../src/modules/autoscaling/decision/index.js';

const FREE: ScalingDirectionConfig = { stabilisationMs: 0, cooldownMs: 0, stepCount: null, stepShare: null };

/** Without any limit but the bounds 1 and 10, 20 in flight for each. */
export function settings(
  changes: Partial<Omit<ScalingSettings, 'up' | 'down'>> & {
    up?: Partial<ScalingDirectionConfig>;
    down?: Partial<ScalingDirectionConfig>;
  } = {},
): ScalingSettings {
  return {
    min: 1,
    max: 10,
    targets: { inFlight: 20 },
    tolerance: 0,
    idleMs: null,
    ...changes,
    up: { ...FREE, ...changes.up },
    down: { ...FREE, ...changes.down },
  };
}

/** A moment with so many copies, all ready; the metrics that are not named are unknown. */
export function observation(
  current: number,
  metrics: Partial<Record<ScalingMetric, number | null>> = {},
  changes: Partial<Omit<ScalingObservation, 'metrics' | 'current'>> = {},
): ScalingObservation {
  const known = { inFlight: null, requestsPerSecond: null, queue: null, p95Ms: null, cpu: null, ...metrics };
  return { time: 0, current, ready: current, lastRequestAt: null, waiting: 0, ...changes, metrics: known };
}

/** One decision that nothing came before. */
export function decided(of: ScalingSettings, at: ScalingObservation, floor = 0): ScalingDecision {
  return decide(of, at, NO_MEMORY, floor).decision;
}
