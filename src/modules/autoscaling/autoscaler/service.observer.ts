import {
  LATENCY_BUCKETS,
  LEDGER_CELLS,
  LedgerCell,
  latencyPercentileUs,
  type SharedMemory,
} from '../../../common/contract/index.js';
import { type LoadElsewhere, NOTHING_ELSEWHERE } from '../../coordination/index.js';
import { CounterWindow, LoadSamples, ServiceCounters } from '../../metrics/index.js';

/** The mean of the last samples counts: one moment alone says little, and all of an interval see a rise too late. */
const SAMPLES = 5;
/** Of fewer responses a percentile is the accident of one of them. */
const LEAST_RESPONSES = 10;
const PERCENTILE = 0.95;

/** What traffic says of a service. Sums; null: not known. */
export interface Traffic {
  /** Waiting ones included. */
  readonly inFlight: number;
  readonly queue: number;
  readonly requestsPerSecond: number | null;
  readonly p95Ms: number | null;
  /** At this moment. */
  readonly waiting: number;
}

/** Reads from the shared memory how the traffic of one service fares. It costs the workers nothing. */
export class ServiceObserver {
  private readonly counters: ServiceCounters;
  private readonly samples: LoadSamples;
  private readonly counted = new CounterWindow(LEDGER_CELLS);
  private readonly latencies = new CounterWindow(LATENCY_BUCKETS);
  private received: number | null = null;
  private lookedAt: number | null = null;
  /** Unix milliseconds, as exact as the samples are frequent; null: none since the start. */
  lastRequestAt: number | null = null;

  constructor(memory: SharedMemory) {
    this.counters = new ServiceCounters(memory);
    this.samples = new LoadSamples(this.counters, SAMPLES);
  }

  /**
   * To be called several times between two looks. Whether requests have come since the last time.
   *
   * @param slot Of the service.
   */
  sample(slot: number, now: number): boolean {
    const { inFlight } = this.samples.take(slot);
    const received = this.counters.received(slot);
    const before = this.received;
    this.received = received;
    // The first sample does not know when those before it came.
    const hasNews = before !== null && received !== before;
    if (hasNews || inFlight > 0) this.lastRequestAt = now;
    return hasNews;
  }

  /**
   * @param now Unix milliseconds.
   * @param elsewhere What other balancers have of the same service: it is added.
   */
  look(slot: number, now: number, elsewhere: LoadElsewhere = NOTHING_ELSEWHERE): Traffic {
    this.sample(slot, now);
    if (hasTraffic(elsewhere)) this.lastRequestAt = now;
    const periodMs = this.lookedAt === null ? 0 : now - this.lookedAt;
    this.lookedAt = now;
    const received = this.counted.look(this.counters.ledger, slot)[LedgerCell.received]!;
    const histogram = this.latencies.look(this.counters.latency, slot);
    return {
      inFlight: sum(this.samples.mean('inFlight'), elsewhere.inFlight),
      queue: sum(this.samples.mean('waiting'), elsewhere.queue),
      requestsPerSecond: periodMs > 0 ? (received * 1_000) / periodMs + elsewhere.requestsPerSecond : null,
      p95Ms: percentileOf(histogram, periodMs, elsewhere),
      waiting: this.waiting(slot) + elsewhere.waiting,
    };
  }

  /** At this moment. */
  waiting(slot: number): number {
    return this.counters.waiting(slot);
  }
}

/** Whether somebody has asked another balancer for this service lately. */
export function hasTraffic({ inFlight, waiting, requestsPerSecond }: LoadElsewhere): boolean {
  return inFlight > 0 || waiting > 0 || requestsPerSecond > 0;
}

/** Over the responses of all balancers, those of others as if they had been counted over the same time. */
function percentileOf(histogram: Float64Array, periodMs: number, elsewhere: LoadElsewhere): number | null {
  const { latencyRates, responses } = elsewhere;
  const known = histogram.reduce((total, count) => total + count, responses);
  if (known < LEAST_RESPONSES) return null;
  const weight = Math.max(periodMs, 1);
  const counts =
    latencyRates === null
      ? histogram
      : histogram.map((count, bucket) => count + latencyRates[bucket]! * weight);
  return latencyPercentileUs(counts, PERCENTILE) / 1_000;
}

/** Both have one digit after the point, and so has the sum. */
function sum(own: number, others: number): number {
  return Math.round((own + others) * 10) / 10;
}
