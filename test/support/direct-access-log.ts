import { type AccessLogRecord, decodeAccessLog } from '../../src/common/contract/index.js';
import {
  AccessLogShipper,
  type AccessLogFilter,
  type AccessLogStatus,
  type AnalyticsAnswer,
  type AnalyticsQuery,
  type AnalyticsStore,
  type LogPage,
  type PageRequest,
} from '../../src/modules/logging/index.js';

/** What the access log is kept in. */
type Store = {
  append(records: readonly AccessLogRecord[]): Promise<void>;
  query?(filter: AccessLogFilter, page: PageRequest): Promise<LogPage<AccessLogRecord>>;
} & Partial<AnalyticsStore>;

/** The main thread's end of the access log without a thread and a spool behind it: records go right to a store. */
export class DirectAccessLog extends AccessLogShipper {
  private received = 0;
  private stored = 0;
  private appending: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly end: () => Promise<void> = async () => undefined,
  ) {
    super();
  }

  override start(): void {}

  override accept(batch: ArrayBuffer, records: number): void {
    this.received += records;
    this.appending = this.appending.then(() => this.append(decodeAccessLog(batch).records));
  }

  async append(records: readonly AccessLogRecord[]): Promise<void> {
    await this.store.append(records);
    this.stored += records.length;
  }

  override stats(): AccessLogStatus {
    const { received, stored } = this;
    return {
      received,
      recovered: 0,
      stored,
      buffered: Math.max(0, received - stored),
      lost: 0,
      corruptFrames: 0,
      spooledBytes: 0,
      segments: 0,
      lagMs: 0,
      lastError: '',
      lastStoredAt: 0,
      thread: 'running',
      threadRestarts: 0,
      outputs: [],
    };
  }

  override async close(): Promise<number> {
    await this.appending;
    await this.end();
    return 0;
  }

  query(filter: AccessLogFilter, page: PageRequest): Promise<LogPage<AccessLogRecord>> {
    return this.store.query!(filter, page);
  }

  analyze(query: AnalyticsQuery): Promise<AnalyticsAnswer> {
    return this.store.analyze!(query);
  }
}
