import type { Scaling, ScalingDecision, ScalingInstance, ScalingLogRecord } from '../../api/types';
import { count, milliseconds, percent, rate } from '../../format/numbers';
import type { StateWords } from '../../live/states';

export type Metric = ScalingDecision['wanted'][number]['metric'];
export type Limit = ScalingDecision['limits'][number];
export type Kind = ScalingLogRecord['kind'];

const STATES: Readonly<Record<Scaling['state'], StateWords>> = {
  active: { tone: 'good', label: 'Active' },
  standby: { tone: 'calm', label: 'Standby' },
  off: { tone: 'warn', label: 'Off' },
};

/** What each state means, for who has not read the manual. */
export const STATE_MEANINGS: Readonly<Record<Scaling['state'], string>> = {
  active: 'This balancer decides how many copies there are.',
  standby:
    'Another balancer decides, or nobody yet: copies and decisions are shown by the one that does (System lists them).',
  off: 'The driver cannot be used here: it is not named under drivers in the configuration file.',
};

export function scalingState({ state, problem }: Pick<Scaling, 'state' | 'problem'>): StateWords {
  return problem === '' ? STATES[state] : { ...STATES[state], tone: 'bad' };
}

/** `1 to 10`; `1 to 10, at least 4 by schedule`. */
export function boundsWords({ min, max, floor }: Pick<Scaling, 'min' | 'max' | 'floor'>): string {
  const bounds = `${count(min)} to ${count(max)}`;
  return floor > min ? `${bounds}, at least ${count(floor)} by schedule` : bounds;
}

/** `scaled by process driver, 3 of 1–10`. */
export function scaledWords({ driver, current, min, max }: ScaledNumbers): string {
  return `scaled by ${driver} driver, ${count(current)} of ${count(min)}–${count(max)}`;
}

type ScaledNumbers = Pick<Scaling, 'driver' | 'current' | 'min' | 'max'>;

const INSTANCE_STATES: Readonly<Record<ScalingInstance['state'], StateWords>> = {
  starting: { tone: 'accent', label: 'Starting' },
  running: { tone: 'good', label: 'Running' },
  stopping: { tone: 'calm', label: 'Stopping' },
  failed: { tone: 'bad', label: 'Failed' },
};

export function instanceState({
  state,
  isDraining,
}: Pick<ScalingInstance, 'state' | 'isDraining'>): StateWords {
  return isDraining && state === 'running' ? { tone: 'warn', label: 'Draining' } : INSTANCE_STATES[state];
}

export const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  inFlight: 'In flight',
  requestsPerSecond: 'Requests per second',
  queue: 'Waiting requests',
  p95Ms: 'Latency p95',
  cpu: 'CPU',
};

const AMOUNTS: Readonly<Record<Metric, (value: number) => string>> = {
  inFlight: rate,
  requestsPerSecond: rate,
  queue: rate,
  p95Ms: milliseconds,
  cpu: percent,
};

/** A value of a metric as people read it; of one that is not known here: the number. */
export function amountOf(metric: string, value: number): string {
  return isMetric(metric) ? AMOUNTS[metric](value) : rate(value);
}

export function metricName(metric: string): string {
  return isMetric(metric) ? METRIC_NAMES[metric] : metric;
}

function isMetric(metric: string): metric is Metric {
  return Object.hasOwn(METRIC_NAMES, metric);
}

const LIMITS: Readonly<Record<Limit, string>> = {
  tolerance: 'The metric is near enough to its target.',
  unknown: 'A metric with a target had no value: nothing was taken away.',
  min: 'There may not be fewer.',
  max: 'There may not be more.',
  schedule: 'A schedule asks for more.',
  stabilisation: 'It was not wanted for the whole stabilisation window.',
  cooldown: 'The last change in this direction was too short a time ago.',
  step: 'No more at a time.',
  idle: 'The last copy stays until nobody has asked for long enough, or goes because of it.',
  wake: 'A request waits, so one copy starts.',
};

/** What a limit did, in a sentence; of one that is not known here: its name. */
export function limitWords(limit: string): string {
  return Object.hasOwn(LIMITS, limit) ? LIMITS[limit as Limit] : limit;
}

/** Titles of the kinds of records, as a filter has them. */
export const KIND_TITLES: Readonly<Record<Kind, string>> = {
  decision: 'Decisions',
  started: 'Copies that started',
  failed: 'Copies that failed',
  stopped: 'Copies that ended',
  found: 'Backends found',
  lost: 'Backends lost',
  problem: 'Problems',
};

const KINDS: Readonly<Record<Kind, StateWords>> = {
  decision: { tone: 'accent', label: 'decision' },
  started: { tone: 'good', label: 'started' },
  failed: { tone: 'bad', label: 'failed' },
  stopped: { tone: 'calm', label: 'ended' },
  found: { tone: 'good', label: 'found' },
  lost: { tone: 'warn', label: 'lost' },
  problem: { tone: 'bad', label: 'problem' },
};

export function kindWords({ kind, reason }: Pick<ScalingLogRecord, 'kind' | 'reason'>): StateWords {
  if (kind === 'problem' && reason === '') return { tone: 'good', label: 'well again' };
  return KINDS[kind];
}

/** Why, in a sentence. */
export function reasonWords({ kind, reason }: Pick<ScalingLogRecord, 'kind' | 'reason'>): string {
  if (reason !== '') return reason;
  return kind === 'problem' ? 'The problem is over.' : '';
}

/** `1 to 5`, `stays 3`, `3`, `2 of 3 wanted`; empty: it is not about a number of copies. */
export function copiesWords({
  kind,
  current,
  desired,
}: Pick<ScalingLogRecord, 'kind' | 'current' | 'desired'>): string {
  if (desired === null) return '';
  if (kind === 'decision')
    return current === desired ? `stays ${count(current)}` : `${count(current)} to ${count(desired)}`;
  return current === desired ? count(current) : `${count(current)} of ${count(desired)} wanted`;
}
