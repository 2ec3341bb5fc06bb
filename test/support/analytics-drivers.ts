import type { AccessLogRecord } from '../../src/common/contract/index.js';
import {
  RollupAccumulator,
  type AnalyticsStore,
  type ConsignmentStore,
} from '../../src/modules/logging/log-store.js';

/** A store of the access log that takes consignments and answers questions about them. */
export interface OpenAnalytics {
  readonly analytics: AnalyticsStore;
  readonly consignments: ConsignmentStore;
  close(): Promise<void>;
}

export interface AnalyticsDriver {
  readonly name: string;
  /** false: this machine cannot (it was said why). */
  readonly available: boolean;
  /** A new and empty one. */
  open(): Promise<OpenAnalytics>;
  stop(): Promise<void>;
}

/** Delivers all records as a spool does: in consignments of this size, with their roll-ups. */
export async function deliverAll(
  store: ConsignmentStore,
  records: readonly AccessLogRecord[],
  size: number,
  source = 'spool-a',
): Promise<void> {
  const accumulator = new RollupAccumulator();
  for (let start = 0, sequence = 1; start < records.length; start += size, sequence++) {
    const part = records.slice(start, start + size);
    for (const record of part) accumulator.add(record);
    await store.deliver({ source, sequence, records: part, rollups: accumulator.take() }, Promise.resolve());
  }
  await store.settle();
}
