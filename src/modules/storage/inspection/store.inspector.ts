import type { StorageConfig } from '../../../common/config/index.js';
import type { StoreInspection } from './store.inspection.js';

/** Looks at a store without changing it, whether or not a balancer uses it. `thorough`: also what takes long. */
export async function inspectStore(storage: StorageConfig, thorough: boolean): Promise<StoreInspection> {
  if (storage.driver === 'mongodb') {
    const { inspectMongodb } = await import('./mongodb.inspector.js');
    return inspectMongodb(storage.uri, storage.database);
  }
  const { inspectSqlite } = await import('./sqlite.inspector.js');
  return inspectSqlite(storage.path, thorough);
}
