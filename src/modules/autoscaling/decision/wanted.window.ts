import type { ScalingDirectionConfig } from '../../../common/config/index.js';
import type { ScalingMemory } from './decision.js';

type Wanted = ScalingMemory['wanted'];

/**
 * What was wanted lately, with what is wanted now. The first decision of all begins with what is there: whoever starts, or
 * takes over from another balancer, takes nothing away before it has looked for as long as the window is.
 */
export function remembered(
  wanted: Wanted,
  now: { time: number; current: number; count: number },
  windowMs: number,
): Wanted {
  const { time, current, count } = now;
  const before = wanted.length === 0 ? [{ time, count: current }] : wanted;
  // What is of the future was made by a clock that has been set back.
  const kept = before.filter((one) => one.time <= time && one.time > time - windowMs);
  return [...kept, { time, count }];
}

/** Up no further than the lowest of its window, down no further than the highest, as Kubernetes' HPA does. */
export function stabilised(
  wanted: Wanted,
  current: number,
  up: ScalingDirectionConfig,
  down: ScalingDirectionConfig,
): number {
  const now = wanted.at(-1)!;
  let lowest = now.count;
  let highest = now.count;
  for (const { time, count } of wanted) {
    if (time > now.time - up.stabilisationMs) lowest = Math.min(lowest, count);
    if (time > now.time - down.stabilisationMs) highest = Math.max(highest, count);
  }
  if (current < lowest) return lowest;
  return current > highest ? highest : current;
}
