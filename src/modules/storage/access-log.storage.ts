import type { StorageConfig } from '../../common/config/index.js';
import type { OpenAccessLog } from './open-access-log.js';
import type { StoreRetention } from './retention.js';

/**
 * Makes it by the configured driver, whose code is loaded only here. Nothing is opened yet.
 *
 * @param onFault Told of errors of what runs by itself, apart from a store that is away.
 */
export async function accessLogStorage(
  storage: StorageConfig,
  retention: StoreRetention,
  onFault: (error: unknown) => void,
): Promise<OpenAccessLog> {
  if (storage.driver === 'mongodb') {
    const { mongodbAccessLogStorage } = await import('./mongodb/mongodb-access-log.storage.js');
    const { uri, database, initiate } = storage;
    return mongodbAccessLogStorage({ uri, database, initiate, retention });
  }
  const { sqliteAccessLogStorage } = await import('./sqlite/sqlite-access-log.storage.js');
  return sqliteAccessLogStorage(storage.path, retention, onFault);
}
