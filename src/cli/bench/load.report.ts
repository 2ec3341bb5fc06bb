import type { LoadRun } from './load.run.js';
import type { LatencyBar, LatencySummary } from './load.tally.js';

/** What `velocity bench --json` prints. Times are milliseconds, latencies microseconds. */
export interface LoadReport {
  readonly url: string;
  readonly method: string;
  readonly connections: number;
  readonly pipelining: number;
  /** What was asked for; null: the other one limits the run. */
  readonly wanted: {
    readonly requests: number | null;
    readonly durationMs: number | null;
    readonly rate: number | null;
  };
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Ctrl-C ended it. */
  readonly interrupted: boolean;
  readonly answered: number;
  /** Of the answers, those of 400 and above. */
  readonly refused: number;
  readonly unanswered: number;
  /** Every request was answered, with less than 400. */
  readonly succeeded: boolean;
  readonly requestsPerSecond: number;
  /** Of the answers, heads included. */
  readonly bytes: number;
  readonly bytesPerSecond: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Why requests were not answered. */
  readonly errors: Readonly<Record<string, number>>;
  /** From sending a request to the end of its answer; null: nothing was answered. */
  readonly latencyUs: LatencySummary | null;
  readonly histogram: readonly LatencyBar[];
}

export function reportOf(run: LoadRun, startedAt: number, interrupted: boolean): LoadReport {
  const { plan, tally } = run;
  const seconds = Math.max(run.elapsedMs, 1) / 1_000;
  const perSecond = (count: number) => Math.round((count / seconds) * 10) / 10;
  const { url, method, connections, pipelining, requests, durationMs, rate } = plan;
  return {
    url: url.href,
    method,
    connections,
    pipelining,
    wanted: { requests, durationMs, rate },
    startedAt,
    durationMs: Math.round(run.elapsedMs),
    interrupted,
    answered: tally.answered,
    refused: tally.refused,
    unanswered: tally.unanswered,
    succeeded: tally.answered > 0 && tally.unanswered === 0 && tally.refused === 0,
    requestsPerSecond: perSecond(tally.answered),
    bytes: tally.bytes,
    bytesPerSecond: perSecond(tally.bytes),
    statuses: byCount(tally.statuses),
    errors: byCount(tally.errors),
    latencyUs: tally.latencySummary(),
    histogram: tally.histogram(),
  };
}

function byCount(counts: ReadonlyMap<number | string, number>): Record<string, number> {
  return Object.fromEntries([...counts].map(([name, count]) => [String(name), count]));
}
