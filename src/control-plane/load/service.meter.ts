import { LATENCY_BUCKETS, type SharedMemory } from '../../common/contract/index.js';
import type { ServiceLoad } from '../../modules/coordination/index.js';
import { LoadSamples, ServiceCounters } from '../../modules/metrics/index.js';

/** Samples that are averaged. */
const SAMPLES = 10;
/** So far apart are the moments between which responses are counted. */
const MARK_MS = 1_000;
const LONGEST_WINDOW_MS = 30_000;

/** What was counted until a moment. */
interface Mark {
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
  readonly received: number;
  readonly latency: Float64Array | null;
}

/** What a service is measured for. */
export interface MeteredService {
  readonly name: string;
  /** In the shared memory. */
  readonly slot: number;
  /** Over so many milliseconds, if it has been metered for so long. */
  readonly windowMs: number;
  /** Whether its p95 has a target. */
  readonly hasLatency: boolean;
}

/** Measures the traffic of one service at this balancer, by the shared memory: it costs the workers nothing. */
export class ServiceMeter {
  private readonly counters: ServiceCounters;
  private readonly samples: LoadSamples;
  private marks: Mark[] = [];

  constructor(
    memory: SharedMemory,
    private service: MeteredService,
  ) {
    this.counters = new ServiceCounters(memory);
    this.samples = new LoadSamples(this.counters, SAMPLES);
  }

  follow(service: MeteredService): void {
    const isOther = service.slot !== this.service.slot || service.hasLatency !== this.service.hasLatency;
    this.service = service;
    if (!isOther) return;
    this.samples.clear();
    this.marks = [];
  }

  /**
   * To be called a few times in a second.
   *
   * @param now Milliseconds of the monotonic clock.
   * @returns Whether somebody waits, or has come since the last time.
   */
  sample(now: number): boolean {
    const { waiting } = this.samples.take(this.service.slot);
    const received = this.counters.received(this.service.slot);
    const newest = this.marks.at(-1);
    // Counts that fell are those of another holder of the slot.
    if (newest !== undefined && received < newest.received) this.marks = [];
    if (this.marks.length === 0 || now - this.marks.at(-1)!.at >= MARK_MS) this.mark(now, received);
    return waiting > 0 || (newest !== undefined && received > newest.received);
  }

  /** null: nothing runs, and nothing came. */
  load(now: number): ServiceLoad | null {
    this.sample(now);
    const from = this.marks[0]!;
    const windowMs = Math.round(now - from.at);
    const { name, slot } = this.service;
    const received = this.counters.received(slot) - from.received;
    const inFlight = this.samples.mean('inFlight');
    const queue = this.samples.mean('waiting');
    const waiting = this.counters.waiting(slot);
    const latency = this.latencySince(from);
    if (inFlight === 0 && received === 0 && latency.length === 0) return null;
    const requestsPerSecond = windowMs > 0 ? Math.round((received * 10_000) / windowMs) / 10 : 0;
    const load = { name, inFlight, queue, waiting, requestsPerSecond, windowMs };
    return latency.length === 0 ? load : { ...load, latency };
  }

  private mark(now: number, received: number): void {
    const { slot, hasLatency, windowMs } = this.service;
    const latency = hasLatency
      ? Float64Array.from({ length: LATENCY_BUCKETS }, (_, bucket) => this.counters.latency.at(slot, bucket))
      : null;
    this.marks.push({ at: now, received, latency });
    const backMs = Math.min(windowMs, LONGEST_WINDOW_MS);
    // The newest of those that are old enough is where the window begins.
    while (this.marks.length > 1 && now - this.marks[1]!.at >= backMs) this.marks.shift();
  }

  private latencySince({ latency }: Mark): number[] {
    if (latency === null) return [];
    const pairs: number[] = [];
    for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
      const count = this.counters.latency.at(this.service.slot, bucket) - latency[bucket]!;
      if (count > 0) pairs.push(bucket, count);
    }
    return pairs;
  }
}
