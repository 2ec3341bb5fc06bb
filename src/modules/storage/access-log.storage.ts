import type { StorageConfig } from '../../common/config/index.js';
import type { AccessLogStore, AnalyticsStore, ConsignmentStore } from '../logging/index.js';
import type { StoreConnection } from '../registry/index.js';
import type { StoreRetention } from './retention.js';

/** The access log's store on a connection of its own. */
export interface AccessLogStorage {
  readonly connection: StoreConnection;
  readonly store: AccessLogStore & ConsignmentStore & AnalyticsStore;
  /** Ends what runs by itself, such as the retention, and the connection. */
  close(): Promise<void>;
}

/**
 * Makes it by the configured driver, whose code is loaded only here. Nothing is opened yet.
 *
 * @param onFault Told of errors of what runs by itself, apart from a store that is away.
 */
export async function accessLogStorage(
  storage: StorageConfig,
  retention: StoreRetention,
  onFault: (error: unknown) => void,
): Promise<AccessLogStorage> {
  if (storage.driver === 'mongodb') {
    const { mongodbAccessLogStorage } = await import('./mongodb/mongodb-access-log.storage.js');
    const { uri, database, initiate } = storage;
    return mongodbAccessLogStorage({ uri, database, initiate, retention });
  }
  const { sqliteAccessLogStorage } = await import('./sqlite/sqlite-access-log.storage.js');
  return sqliteAccessLogStorage(storage.path, retention, onFault);
}
