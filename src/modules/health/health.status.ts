import type { HealthState } from '../../common/contract/index.js';
import type { BackendWatch } from './backend.watch.js';
import type { ProbeClock } from './probe.clock.js';

/** What is known about the health of a backend that is under watch. Times are Unix milliseconds. */
export interface BackendHealthStatus {
  readonly backend: string;
  readonly service: string;
  readonly health: HealthState;
  /** Since when the health is what it is. */
  readonly since: number;
  /** null: none has ended yet, or `health.type` is `none`. */
  readonly lastProbe: ProbeStatus | null;
  readonly consecutivePasses: number;
  readonly consecutiveFailures: number;
  /** When the next probe is due; null while one runs, or when there are none. */
  readonly nextProbeAt: number | null;
}

export interface ProbeStatus {
  readonly time: number;
  readonly durationUs: number;
  readonly passed: boolean;
  /** Response status; 0: none. */
  readonly status: number;
  /** Empty when it passed. */
  readonly error: string;
}

export interface HealthChange {
  readonly backend: string;
  readonly url: string;
  readonly service: string;
  readonly previous: HealthState;
  readonly health: HealthState;
  readonly time: number;
  /** What the last probe said; empty when it passed or when there was none. */
  readonly error: string;
}

export function describeHealth(watch: BackendWatch, clock: ProbeClock): BackendHealthStatus {
  const { backend, judge, since, position, dueMs } = watch;
  return {
    backend: backend.id,
    service: backend.service,
    health: judge.health,
    since,
    lastProbe: describeProbe(watch),
    consecutivePasses: judge.passes,
    consecutiveFailures: judge.failures,
    nextProbeAt: position === -1 ? null : Math.round(clock.unixMs() + dueMs - clock.now()),
  };
}

function describeProbe({ lastProbe }: BackendWatch): ProbeStatus | null {
  if (!lastProbe) return null;
  const { outcome, durationUs, status, error } = lastProbe.result;
  return { time: lastProbe.time, durationUs, passed: outcome === 'passed', status, error };
}
