import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { StorageConfig } from '../../common/config/index.js';
import type { StoreRetention } from './retention.js';

/**
 * Provides STORE_CONNECTION and the stores of registry, access, bans, logging and coordination by the configured driver, to every
 * module. A driver's code is loaded only when it is used: mongoose alone costs 18 MiB.
 * Nothing is opened here: whoever owns the start calls `open()` of STORE_CONNECTION. The access log is on a connection of its
 * own, in another thread: see access-log.storage.ts.
 */
@Global()
@Module({})
export class StorageModule {
  static async forRoot(storage: StorageConfig, retention: StoreRetention): Promise<DynamicModule> {
    const driver = await driverModule(storage, retention);
    return { module: StorageModule, imports: [driver], exports: [driver] };
  }
}

async function driverModule(storage: StorageConfig, retention: StoreRetention): Promise<DynamicModule> {
  if (storage.driver === 'mongodb') {
    const { MongodbModule } = await import('./mongodb/mongodb.module.js');
    const { uri, database, initiate } = storage;
    return MongodbModule.forRoot({ uri, database, initiate, retention });
  }
  const { SqliteModule } = await import('./sqlite/sqlite.module.js');
  return SqliteModule.forRoot(storage.path, retention);
}
