import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { LATENCY_BUCKETS, latencyBoundUs, latencyBucket } from '../../common/contract/latency-buckets.js';

export interface LatencySummary {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface LatencyBar {
  readonly fromUs: number;
  readonly toUs: number;
  readonly count: number;
}

/** Counts answers and failures as they come. */
export class LoadTally {
  answered = 0;
  unanswered = 0;
  bytes = 0;
  /** By status. */
  readonly statuses = new Map<number, number>();
  /** By kind, such as `ECONNRESET` or `timeout`. */
  readonly errors = new Map<string, number>();
  private readonly latency: RecordableHistogram = createHistogram({ figures: 3 });
  private readonly buckets = new Float64Array(LATENCY_BUCKETS);

  answer(status: number, bytes: number, latencyMs: number): void {
    const us = Math.max(1, Math.round(latencyMs * 1_000));
    this.answered++;
    this.bytes += bytes;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    this.latency.record(us);
    this.buckets[latencyBucket(us)]! += 1;
  }

  /** So many requests will not be answered. */
  fail(kind: string, requests: number): void {
    this.unanswered += requests;
    this.errors.set(kind, (this.errors.get(kind) ?? 0) + requests);
  }

  /** Answers of 400 and above. */
  get refused(): number {
    let sum = 0;
    for (const [status, count] of this.statuses) if (status >= 400) sum += count;
    return sum;
  }

  /** Microseconds, to three digits; null: nothing was answered. */
  latencySummary(): LatencySummary | null {
    if (this.answered === 0) return null;
    const { latency } = this;
    const at = (percent: number) => latency.percentile(percent);
    return {
      min: latency.min,
      mean: Math.round(latency.mean),
      p50: at(50),
      p75: at(75),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: latency.max,
    };
  }

  /** From the fastest to the slowest; nothing is left out between. */
  histogram(): LatencyBar[] {
    const first = this.buckets.findIndex((count) => count > 0);
    const last = this.buckets.findLastIndex((count) => count > 0);
    if (first === -1) return [];
    return Array.from(this.buckets.slice(first, last + 1), (count, index) => ({
      fromUs: latencyBoundUs(first + index),
      toUs: latencyBoundUs(first + index + 1),
      count,
    }));
  }
}
