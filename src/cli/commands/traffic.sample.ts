/** Counters of the metrics that a sample keeps, and the label by which each is told apart. */
const COUNTERS = {
  velocity_exchanges_routed_total: 'service',
  velocity_exchanges_in_flight: 'service',
  velocity_exchanges_dropped_total: 'service',
  velocity_backend_attempts_total: 'backend',
  velocity_backend_failures_total: 'backend',
  velocity_backend_server_errors_total: 'backend',
  velocity_backend_latency_seconds_sum: 'backend',
} as const;

export type Counter = keyof typeof COUNTERS;

const SAMPLE = /^(velocity_\w+)\{([^}]*)\} (\S+)$/gm;

/** What was counted until one moment, by service and backend. */
export class TrafficSample {
  private readonly values: ReadonlyMap<string, number>;

  /** @param time Of the reading, in milliseconds of any clock that only goes forward. */
  constructor(
    exposition: string,
    readonly time: number,
  ) {
    const values = new Map<string, number>();
    for (const [, name = '', labels = '', value] of exposition.matchAll(SAMPLE)) {
      if (!(name in COUNTERS)) continue;
      const owner = ownerIn(labels, COUNTERS[name as Counter]);
      const key = `${name} ${owner}`;
      // Drops have one series for each reason.
      values.set(key, (values.get(key) ?? 0) + Number(value));
    }
    this.values = values;
  }

  /** 0 for what is not counted (yet). */
  at(counter: Counter, owner: string): number {
    return this.values.get(`${counter} ${owner}`) ?? 0;
  }
}

/** What happened between two samples. */
export class TrafficInterval {
  private readonly seconds: number;

  constructor(
    private readonly before: TrafficSample,
    private readonly after: TrafficSample,
  ) {
    this.seconds = Math.max(0.001, (after.time - before.time) / 1_000);
  }

  /** By how much a counter grew; one that began anew counts from 0. */
  growth(counter: Counter, owner: string): number {
    const [old, now] = [this.before.at(counter, owner), this.after.at(counter, owner)];
    return now < old ? now : now - old;
  }

  perSecond(counter: Counter, owner: string): number {
    return this.growth(counter, owner) / this.seconds;
  }
}

function ownerIn(labels: string, label: 'service' | 'backend'): string {
  return new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(labels)?.[1] ?? '';
}
