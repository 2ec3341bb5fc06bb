import {
  LATENCY_BUCKETS,
  LEDGER_CELLS,
  LedgerCell,
  SERVICE_CELLS,
  ServiceCell,
  type SharedMemory,
} from '../../common/contract/index.js';
import type { ServiceLoad } from '../../modules/coordination/index.js';
import { WorkerSums } from '../../modules/metrics/index.js';

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
  private readonly ledger: WorkerSums;
  private readonly latency: WorkerSums;
  private samples: { readonly inFlight: number; readonly waiting: number }[] = [];
  private marks: Mark[] = [];

  constructor(
    private readonly memory: SharedMemory,
    private service: MeteredService,
  ) {
    this.ledger = new WorkerSums(
      memory.workers.map((own) => own.serviceLedger),
      LEDGER_CELLS,
    );
    this.latency = new WorkerSums(
      memory.workers.map((own) => own.serviceLatency),
      LATENCY_BUCKETS,
    );
  }

  follow(service: MeteredService): void {
    const isOther = service.slot !== this.service.slot || service.hasLatency !== this.service.hasLatency;
    this.service = service;
    if (!isOther) return;
    this.samples = [];
    this.marks = [];
  }

  /**
   * To be called a few times in a second.
   *
   * @param now Milliseconds of the monotonic clock.
   * @returns Whether somebody waits, or has come since the last time.
   */
  sample(now: number): boolean {
    const waiting = this.cell(ServiceCell.waiting);
    this.samples.push({ inFlight: this.cell(ServiceCell.inFlight), waiting });
    if (this.samples.length > SAMPLES) this.samples.shift();
    const received = this.received();
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
    const received = this.received() - from.received;
    const inFlight = this.mean('inFlight');
    const queue = this.mean('waiting');
    const waiting = this.samples.at(-1)!.waiting;
    const latency = this.latencySince(from);
    if (inFlight === 0 && received === 0 && latency.length === 0) return null;
    const requestsPerSecond = windowMs > 0 ? rounded((received * 1_000) / windowMs) : 0;
    const load = { name: this.service.name, inFlight, queue, waiting, requestsPerSecond, windowMs };
    return latency.length === 0 ? load : { ...load, latency };
  }

  private mark(now: number, received: number): void {
    const { slot, hasLatency, windowMs } = this.service;
    const latency = hasLatency
      ? Float64Array.from({ length: LATENCY_BUCKETS }, (_, bucket) => this.latency.at(slot, bucket))
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
      const count = this.latency.at(this.service.slot, bucket) - latency[bucket]!;
      if (count > 0) pairs.push(bucket, count);
    }
    return pairs;
  }

  private mean(what: 'inFlight' | 'waiting'): number {
    return rounded(this.samples.reduce((sum, sample) => sum + sample[what], 0) / this.samples.length);
  }

  private received(): number {
    return this.ledger.at(this.service.slot, LedgerCell.received);
  }

  private cell(cell: number): number {
    return Atomics.load(this.memory.services, this.service.slot * SERVICE_CELLS + cell);
  }
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
