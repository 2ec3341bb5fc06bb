import { Inject, Injectable } from '@nestjs/common';
import { LATENCY_BUCKETS } from '../../common/contract/index.js';
import type { BalancerLoad, ServiceLoad } from './balancer-load.js';
import { BalancerIdentity } from './balancer.identity.js';
import { GONE_AFTER_MS, ROSTER_STORE, type RosterStore, type SeenBalancer } from './roster-store.js';

/** Several who want to know at the same time ask the store once. */
const FRESH_MS = 50;

/** The traffic of one service at all other balancers. Sums. */
export interface LoadElsewhere {
  /** false: others are there whose load is not known, or who is there is not known. The sums are of what is known. */
  readonly isComplete: boolean;
  /** Waiting ones included. */
  readonly inFlight: number;
  readonly queue: number;
  /** At this moment. */
  readonly waiting: number;
  readonly requestsPerSecond: number;
  /** Responses that `latencyRates` was made of. */
  readonly responses: number;
  /** By latency bucket: responses per millisecond. null: nobody has said any. */
  readonly latencyRates: Float64Array | null;
}

export const NOTHING_ELSEWHERE: LoadElsewhere = {
  isComplete: true,
  inFlight: 0,
  queue: 0,
  waiting: 0,
  requestsPerSecond: 0,
  responses: 0,
  latencyRates: null,
};

interface Known {
  /** Unix milliseconds, and those of the monotonic clock, from before the store was asked. */
  readonly time: number;
  readonly at: number;
  readonly others: readonly SeenBalancer[];
}

/**
 * What the other balancers on the same store have said last. It is only as new as the last {@link refresh}; what is older
 * than the time after which a balancer is gone is not believed any more. Nothing here waits or throws.
 */
@Injectable()
export class OtherBalancers {
  private known: Known | null = null;
  private asking: Promise<void> | null = null;

  constructor(
    private readonly identity: BalancerIdentity,
    @Inject(ROSTER_STORE) private readonly store: RosterStore,
  ) {}

  /** Asks the store, unless that was done just now. Resolves when it has answered; never rejects. */
  refresh(maxAgeMs = FRESH_MS): Promise<void> {
    if (this.known !== null && performance.now() - this.known.at < maxAgeMs) return Promise.resolve();
    this.asking ??= this.ask().finally(() => (this.asking = null));
    return this.asking;
  }

  loadOf(service: string): LoadElsewhere {
    const others = this.believed();
    if (others === null) return { ...NOTHING_ELSEWHERE, isComplete: this.known?.others.length === 0 };
    if (others.length === 0) return NOTHING_ELSEWHERE;
    return sumOf(
      others.map(({ load }) => load),
      service,
    );
  }

  /** Requests that run at a backend, by what the others have said last. */
  inFlightAt(backend: string): number {
    return (this.believed() ?? []).reduce((sum, { load }) => sum + inFlightIn(load, backend), 0);
  }

  /**
   * Whether it is known that the others send nothing to a backend any more, and that nothing of theirs runs there: each has
   * run this revision, and then said so.
   *
   * @param revision The one that drains the backend, or a later one.
   * @param since Unix milliseconds: who was there before does not count, who has come since then does.
   */
  areDoneWith(backend: string, revision: number, since: number): boolean {
    const others = this.believed();
    if (others === null || this.known === null || this.known.time < since) return false;
    return others.every(
      ({ load }) =>
        load !== undefined &&
        load.settled >= revision &&
        load.isCut !== true &&
        inFlightIn(load, backend) === 0,
    );
  }

  /** null: it is too long ago that the store has answered. */
  private believed(): readonly SeenBalancer[] | null {
    const { known } = this;
    return known !== null && performance.now() - known.at < GONE_AFTER_MS ? known.others : null;
  }

  private async ask(): Promise<void> {
    const [time, at] = [Date.now(), performance.now()];
    try {
      const seen = await this.store.seen(GONE_AFTER_MS);
      this.known = { time, at, others: seen.filter(({ id }) => id !== this.identity.id) };
    } catch {
      // A store that is away is reported by its connection; what was known is good for a while.
    }
  }
}

function inFlightIn(load: BalancerLoad | undefined, backend: string): number {
  return load?.backends.find(({ id }) => id === backend)?.inFlight ?? 0;
}

function sumOf(loads: readonly (BalancerLoad | undefined)[], service: string): LoadElsewhere {
  const sum = { ...NOTHING_ELSEWHERE };
  for (const load of loads) {
    const one = load?.services.find(({ name }) => name === service);
    if (one === undefined) {
      // Who says nothing of his load may be of another version, or may not know yet that this service is scaled.
      if (load === undefined || load.isCut === true) sum.isComplete = false;
      continue;
    }
    sum.inFlight += one.inFlight;
    sum.queue += one.queue;
    sum.waiting += one.waiting;
    sum.requestsPerSecond += one.requestsPerSecond;
    sum.latencyRates = withLatencies(sum.latencyRates, one);
    sum.responses += responsesOf(one);
  }
  return sum;
}

function withLatencies(rates: Float64Array | null, { latency, windowMs }: ServiceLoad): Float64Array | null {
  if (latency === undefined || windowMs <= 0) return rates;
  const sums = rates ?? new Float64Array(LATENCY_BUCKETS);
  for (let at = 0; at + 1 < latency.length; at += 2) {
    const bucket = latency[at]!;
    if (bucket < LATENCY_BUCKETS) sums[bucket]! += latency[at + 1]! / windowMs;
  }
  return sums;
}

function responsesOf({ latency = [] }: ServiceLoad): number {
  return latency.reduce((sum, count, index) => (index % 2 === 1 ? sum + count : sum), 0);
}
