import type { AccessLogStatus } from './access-log.status.js';
import type { AnalyticsStore } from '../analytics/analytics-store.js';
import type { AccessLogStore } from '../log-stores.js';
import type { RecordSink } from './record.sink.js';

/**
 * Takes the workers' batches, in the main thread, and brings their records to the store; also its injection token. Nothing
 * happens before `start`, but what is accepted is kept.
 */
export abstract class AccessLogShipper implements RecordSink {
  abstract start(): void;
  abstract accept(batch: ArrayBuffer, records: number): void;
  /** At once, from memory. */
  abstract stats(): AccessLogStatus;
  /** Ships what there is until the deadline, milliseconds, and ends. Resolves with how many records are left for the next start. */
  abstract close(deadlineMs: number): Promise<number>;
}

/** All that the main thread knows of the access log: where batches go, and who answers questions. */
export type AccessLogEnd = AccessLogShipper & Pick<AccessLogStore, 'query'> & AnalyticsStore;
