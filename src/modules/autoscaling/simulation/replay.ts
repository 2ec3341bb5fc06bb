import {
  decide,
  NO_MEMORY,
  type ScalingDecision,
  type ScalingObservation,
  ScheduleFloor,
} from '../decision/index.js';
import type { SimulatedSettings } from './simulate.js';

/**
 * What would have been decided on a load that was recorded. The count follows from the decisions made here, from that of
 * the first observation on: a course that differs from the recorded one goes its own way. Loads, and when they were seen,
 * are the recorded ones.
 */
export function simulateDecisions(
  settings: SimulatedSettings,
  observations: readonly ScalingObservation[],
): ScalingDecision[] {
  const floor = new ScheduleFloor(settings.schedules);
  let memory = NO_MEMORY;
  let current: number | null = null;
  return observations.map((seen) => {
    const count: number = current ?? seen.current;
    const missing = Math.max(0, seen.current - seen.ready);
    const observation = { ...seen, current: count, ready: Math.max(0, count - missing) };
    const decided = decide(settings, observation, memory, floor.at(seen.time).min);
    memory = decided.memory;
    current = decided.decision.desired;
    return decided.decision;
  });
}
