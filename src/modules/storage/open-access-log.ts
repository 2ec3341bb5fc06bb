import type { AccessLogStore, AnalyticsStore, ConsignmentStore } from '../logging/log-store.js';
import type { StoreConnection } from '../registry/index.js';

/** The access log's store on a connection of its own. */
export interface OpenAccessLog {
  readonly connection: StoreConnection;
  readonly store: AccessLogStore & ConsignmentStore & AnalyticsStore;
  open(): Promise<void>;
  /** Ends what runs by itself, such as the retention, and the connection. */
  close(): Promise<void>;
}
