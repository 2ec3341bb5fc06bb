import type { ScalingDirectionConfig } from '../../../common/config/index.js';
import type { ScalingDecision, ScalingLimit, ScalingMemory, ScalingObservation } from './decision.js';
import { type Demand, demandOf, floorOf } from './demand.js';
import { reasonOf } from './reason.js';
import type { ScalingSettings } from './settings.js';
import { remembered, stabilised } from './wanted.window.js';

/** Before the first decision. */
export const NO_MEMORY: ScalingMemory = { wanted: [], lastUpAt: null, lastDownAt: null, awakeSince: null };

export interface Decided {
  readonly decision: ScalingDecision;
  /** For the next decision of this service. */
  readonly memory: ScalingMemory;
}

/** Least and most that there may be at this moment. */
interface Bounds {
  /** Of `min` and the schedules. 0: it may sleep. */
  readonly low: number;
  readonly max: number;
  /** What holds it up when it would be fewer. */
  readonly lowName: 'min' | 'schedule';
}

/**
 * How many copies there should be: by the metrics, within `min` and `max`, not before the windows agree, no faster than the
 * steps and cooldowns allow. Pure: the same arguments, the same answer. Takes time for the metrics and the windows only.
 * `floor`: what the schedules ask for at the time of the observation, 0: nothing.
 */
export function decide(
  settings: ScalingSettings,
  observation: ScalingObservation,
  memory: ScalingMemory,
  floor: number,
): Decided {
  const { time, current } = observation;
  const low = Math.min(Math.max(settings.min, floor), settings.max);
  const bounds: Bounds = { low, max: settings.max, lowName: floor > settings.min ? 'schedule' : 'min' };
  const demand = demandOf(settings, observation);
  const limits: ScalingLimit[] = [];
  const count = askedFor(settings, observation, demand, limits);
  const asked = count ?? low;
  const windowMs = Math.max(settings.up.stabilisationMs, settings.down.stabilisationMs);
  const next = {
    ...present(memory, observation),
    wanted: remembered(memory.wanted, { time, current, count: asked }, windowMs),
  };
  const isAsleep = current === 0 && low === 0;
  const work = { settings, observation, memory: next, bounds, limits };
  const desired = isAsleep ? woken(work, asked) : limited(work, asked);
  const { wanted, metric } = demand;
  const reason = reasonOf({ settings, observation, demand, limits, desired, low, memory: next });
  return {
    decision: { time, current, desired, metric, wanted, limits, reason },
    memory: {
      ...next,
      lastUpAt: desired > current ? time : next.lastUpAt,
      lastDownAt: desired < current ? time : next.lastDownAt,
    },
  };
}

interface Work {
  readonly settings: ScalingSettings;
  readonly observation: ScalingObservation;
  readonly memory: ScalingMemory;
  readonly bounds: Bounds;
  readonly limits: ScalingLimit[];
}

/** null: there are no targets, so that nothing but the bounds has a say. What is not known takes nothing away. */
function askedFor(
  { targets }: ScalingSettings,
  { current, isPartial = false }: ScalingObservation,
  demand: Demand,
  limits: ScalingLimit[],
): number | null {
  if (Object.values(targets).every((target) => target === undefined)) return null;
  if (demand.count !== demand.raw) limits.push('tolerance');
  const isKnown = demand.unknown.length === 0 && !isPartial;
  if (isKnown || demand.count >= current) return demand.count;
  limits.push('unknown');
  return current;
}

/** A clock that was set back must not make a cooldown last longer. */
function present(memory: ScalingMemory, { time, current }: ScalingObservation): ScalingMemory {
  const notLater = (moment: number | null) => (moment === null ? null : Math.min(moment, time));
  return {
    wanted: memory.wanted,
    lastUpAt: notLater(memory.lastUpAt),
    lastDownAt: notLater(memory.lastDownAt),
    awakeSince: current === 0 ? null : (notLater(memory.awakeSince) ?? time),
  };
}

/** Of none: one, however many wait; the metrics have their say when it is there. */
function woken({ settings, observation, memory, limits }: Work, asked: number): number {
  const isAskedFor = asked > 0 && !isIdle(settings, observation, memory);
  const desired = observation.waiting > 0 || isAskedFor ? 1 : 0;
  if (desired === 1) limits.push('wake');
  else if (asked > 0) limits.push('idle');
  return desired;
}

function limited({ settings, observation, memory, bounds, limits }: Work, asked: number): number {
  const { current } = observation;
  // The last one goes because nobody asked for long enough, and not by a metric.
  const awake = Math.max(bounds.low, 1);
  const isHeld = asked < awake && bounds.low === 0;
  let desired = isHeld ? awake : asked;
  const apply = (limit: ScalingLimit, count: number) => {
    if (count !== desired && !limits.includes(limit)) limits.push(limit);
    desired = count;
  };
  apply(bounds.lowName, Math.max(desired, bounds.low));
  apply('max', Math.min(desired, bounds.max));
  const steady = stabilised(memory.wanted, current, settings.up, settings.down);
  apply('stabilisation', Math.min(Math.max(steady, awake), bounds.max));
  if (bounds.low === 0 && desired === 1 && isIdle(settings, observation, memory)) {
    desired = 0;
    if (asked > 0) limits.push('idle');
  }
  // Bounds are never late: what is outside of them, because they were changed, comes back at once.
  const inside = (count: number) => Math.min(Math.max(count, bounds.low), bounds.max);
  apply('cooldown', inside(afterCooldown(observation, desired, { settings, memory })));
  apply('step', inside(withinStep(current, desired, settings)));
  if (inside(current) !== current && desired === inside(current) && desired !== asked) {
    const limit = current > bounds.max ? 'max' : bounds.lowName;
    if (!limits.includes(limit)) limits.push(limit);
  }
  if (isHeld && desired === 1 && !limits.includes('cooldown')) limits.push('idle');
  return desired;
}

/** Whether nobody has asked for as long as the settings say. What never got a request is idle since it is there. */
export function isIdle(
  { idleMs }: ScalingSettings,
  { time, waiting, metrics, lastRequestAt, isPartial = false }: ScalingObservation,
  { awakeSince }: ScalingMemory,
): boolean {
  if (idleMs === null || isPartial || waiting > 0 || (metrics.inFlight ?? 0) > 0) return false;
  const since = Math.max(lastRequestAt ?? -Infinity, awakeSince ?? -Infinity);
  return time - since >= idleMs;
}

function withinStep(current: number, desired: number, { up, down }: ScalingSettings): number {
  if (desired > current) return Math.min(desired, current + stepOf(up, current));
  return Math.max(desired, current - stepOf(down, current));
}

/** How many may come or go at a time; Infinity: any number. */
function stepOf({ stepCount, stepShare }: ScalingDirectionConfig, current: number): number {
  if (stepCount === null && stepShare === null) return Infinity;
  const share = stepShare === null ? 0 : Math.max(1, floorOf(current * stepShare));
  return Math.max(stepCount ?? 0, share);
}

function afterCooldown(
  { time, current }: ScalingObservation,
  desired: number,
  { settings, memory }: { settings: ScalingSettings; memory: ScalingMemory },
): number {
  if (desired === current) return desired;
  const [last, { cooldownMs }] =
    desired > current ? [memory.lastUpAt, settings.up] : [memory.lastDownAt, settings.down];
  return last !== null && time - last < cooldownMs ? current : desired;
}
