import { formatDuration, type ScalingMetric } from '../../../common/config/index.js';
import type { ScalingLimit, ScalingMemory, ScalingObservation } from './decision.js';
import { type Demand, isSum } from './demand.js';
import type { ScalingSettings } from './settings.js';

export interface ReasonParts {
  readonly settings: ScalingSettings;
  readonly observation: ScalingObservation;
  readonly demand: Demand;
  readonly limits: readonly ScalingLimit[];
  readonly desired: number;
  /** Least count at the moment. */
  readonly low: number;
  readonly memory: ScalingMemory;
}

/** One sentence for people: what the strongest metric asks for, and then what made it another count. */
export function reasonOf(parts: ReasonParts): string {
  const limits = parts.limits.map((limit) => LIMITS[limit](parts)).filter((text) => text !== '');
  return [demandText(parts), ...limits].join('; ');
}

function demandText({ settings, observation, demand, desired, low }: ReasonParts): string {
  const { current } = observation;
  const { metric, wanted } = demand;
  const strongest = wanted.find((one) => one.metric === metric);
  if (strongest !== undefined) {
    const { value, target, count } = strongest;
    return `${seen(strongest.metric, { value, target, current })}: ${count} wanted`;
  }
  if (demand.unknown.length > 0) return 'no metric is known';
  if (Object.keys(settings.targets).length === 0) return `no targets: ${low} wanted`;
  return desired === 0 ? 'nobody asks' : `nothing is measured without a backend: ${low} wanted`;
}

function seen(
  metric: ScalingMetric,
  { value, target, current }: { value: number; target: number; current: number },
): string {
  if (!isSum(metric)) {
    const what = metric === 'cpu' ? 'CPU' : 'p95';
    return `${what} ${AMOUNTS[metric](value)} with ${backends(current)}, target ${AMOUNTS[metric](target)}`;
  }
  const sum = AMOUNTS[metric](value);
  const goal = `target ${number(target)}`;
  if (current === 0) return `${sum} without a backend, ${goal}`;
  const share = current === 1 ? '' : ` are ${number(value / current)} each`;
  return `${sum} for ${backends(current)}${share}, ${goal}`;
}

const AMOUNTS: Readonly<Record<ScalingMetric, (value: number) => string>> = {
  inFlight: (value) => `${number(value)} in flight`,
  requestsPerSecond: (value) => `${number(value)} requests per second`,
  queue: (value) => `${number(value)} waiting`,
  p95Ms: (value) => `${number(value)} ms`,
  cpu: (value) => `${number(value * 100)}%`,
};

const NAMES: Readonly<Record<ScalingMetric, string>> = {
  inFlight: 'in flight',
  requestsPerSecond: 'requests per second',
  queue: 'queue',
  p95Ms: 'p95',
  cpu: 'CPU',
};

const LIMITS: Readonly<Record<ScalingLimit, (parts: ReasonParts) => string>> = {
  tolerance: ({ settings }) => `within the tolerance of ${number(settings.tolerance * 100)}%`,
  unknown: ({ demand, observation }) => {
    const load = observation.isPartial === true ? ['the load of other balancers'] : [];
    const missing = [...demand.unknown.map((metric) => NAMES[metric]), ...load];
    return `${missing.join(' and ')} not known, so none goes`;
  },
  min: ({ low }) => `at least ${low}`,
  schedule: ({ low }) => `at least ${low} by schedule`,
  max: ({ settings }) => `at most ${settings.max}`,
  stabilisation: (parts) => {
    const { settings, observation, desired, limits } = parts;
    const isUp = asksForMore(parts);
    const window = formatDuration((isUp ? settings.up : settings.down).stabilisationMs);
    if (desired === observation.current || limits.includes('step')) {
      return `${isUp ? 'more' : 'fewer'} only when that holds for ${window}`;
    }
    return isUp
      ? `no more than ${desired} for the whole ${window}`
      : `${desired} were wanted within ${window}`;
  },
  step: ({ observation, desired }) => {
    const change = desired - observation.current;
    return `at most ${Math.abs(change)} ${change > 0 ? 'more' : 'fewer'} at a time`;
  },
  cooldown: (parts) => {
    const { settings, memory, observation } = parts;
    const isUp = asksForMore(parts);
    const last = (isUp ? memory.lastUpAt : memory.lastDownAt) ?? observation.time;
    const { cooldownMs } = isUp ? settings.up : settings.down;
    const passed = Math.round((observation.time - last) / 1_000);
    return `the last change was ${passed}s ago, cooldown ${formatDuration(cooldownMs)}`;
  },
  idle: ({ settings, observation, desired }) => {
    const idle = settings.idleMs === null ? null : formatDuration(settings.idleMs);
    if (desired === 0 && observation.current === 0) return `no request for ${idle}, so it sleeps on`;
    if (desired === 0) return `no request for ${idle}: the last one goes`;
    return idle === null ? 'the last one stays' : `the last one stays until ${idle} without a request`;
  },
  wake: ({ observation }) =>
    observation.waiting > 0
      ? `${observation.waiting} ${observation.waiting === 1 ? 'request waits' : 'requests wait'}: one is woken`
      : 'requests come: one is woken',
};

function asksForMore({ demand, low, observation }: ReasonParts): boolean {
  return Math.max(demand.count, low) > observation.current;
}

function backends(count: number): string {
  return `${count} ${count === 1 ? 'backend' : 'backends'}`;
}

/** At most one digit after the point. */
function number(value: number): string {
  return String(Number(value.toFixed(1)));
}
