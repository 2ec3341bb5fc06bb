import type { LoadReading } from './measured-load.js';
import type { PacedResult } from './paced-load.js';
import { median } from './statistics.js';
import { HAPROXY, VELOCITY, VELOCITY_HELD } from './contenders/index.js';

/** What one contender showed in one round. */
export interface RoundReading {
  readonly load: LoadReading;
  /** At half of its own maximum; null where latency is not measured. */
  readonly half: PacedResult | null;
  /** At half of HAProxy's maximum; null when that is too much for it. */
  readonly common: PacedResult | null;
}

export interface ContenderReadings {
  readonly name: string;
  readonly title: string;
  /** Requests per second of a closed loop over the connections of the latency measurement, before the rounds. */
  readonly maximum: number;
  readonly rounds: readonly RoundReading[];
  /** Access-log records that were lost; null: cannot be told. */
  readonly recordsLost: number | null;
}

export interface Comparison {
  readonly connections: { readonly load: number; readonly latency: number };
  /** The origin without a proxy: what generator and origin can do at most, and the floor of latency. */
  readonly direct: { readonly requestsPerSecond: number; readonly latencyUs: PacedResult['latencyUs'] };
  readonly contenders: readonly ContenderReadings[];
  readonly skipped: readonly string[];
}

export interface Ratios {
  readonly cpu: number;
  readonly requestsPerSecond: number;
  readonly halfP99: number;
  readonly commonP99: number;
}

/** The most that other programs used of one core while a load ran. */
export function mostForeign({ contenders }: Comparison): number {
  return Math.max(0, ...contenders.flatMap(({ rounds }) => rounds.map(({ load }) => load.foreign)));
}

export class ComparisonReader {
  constructor(private readonly comparison: Comparison) {}

  find(name: string): ContenderReadings | null {
    return this.comparison.contenders.find((contender) => contender.name === name) ?? null;
  }

  /**
   * CPU for one request without the writing of records into the store: what all threads used in the round in which the
   * store was held. Of other proxies: everything.
   */
  countedCpuUs(contender: ContenderReadings, round: number): number {
    const held = contender.name === VELOCITY ? this.find(VELOCITY_HELD) : null;
    return (held ?? contender).rounds[round]!.load.cpuUs;
  }

  /** Medians of the ratios round by round; null when one of the two is missing. */
  ratios(name: string, to: string = HAPROXY): Ratios | null {
    const ours = this.find(name);
    const theirs = this.find(to);
    if (ours === null || theirs === null) return null;
    const each = (of: (contender: ContenderReadings, round: number) => number) =>
      median(ours.rounds.map((_, round) => of(ours, round) / of(theirs, round)).filter(Number.isFinite));
    return {
      cpu: each((contender, round) => this.countedCpuUs(contender, round)),
      requestsPerSecond: each(({ rounds }, round) => rounds[round]!.load.requestsPerSecond),
      halfP99: each(({ rounds }, round) => rounds[round]!.half?.latencyUs.p99 ?? Number.NaN),
      commonP99: each(({ rounds }, round) => rounds[round]!.common?.latencyUs.p99 ?? Number.NaN),
    };
  }

  /** Median over the rounds. */
  middle(
    contender: ContenderReadings,
    of: (round: RoundReading, index: number) => number | undefined,
  ): number {
    return median(contender.rounds.map(of).filter((value) => value !== undefined));
  }
}
