import { MongodbAnalyticsStore } from '../../src/modules/storage/mongodb/mongodb-analytics.store.js';
import type { AnalyticsDriver } from './analytics-drivers.js';
import { startMongod, type MongodOptions } from './mongod.js';
import { openMongodbAccessLog } from './mongodb-access-log.js';

/** The access log on a MongoDB server of its own; each `open` is a database. */
export async function mongodbAnalytics(options: MongodOptions = {}): Promise<AnalyticsDriver> {
  const mongod = await startMongod(options);
  let databases = 0;
  return {
    name: options.replicaSet === false ? 'mongodb (standalone)' : 'mongodb',
    available: mongod !== null,
    open: async () => {
      const { connection, consignments, close } = await openMongodbAccessLog(
        mongod!,
        `${mongod!.database}_${databases++}`,
      );
      return { analytics: new MongodbAnalyticsStore(connection), consignments, close };
    },
    stop: async () => mongod?.stop(),
  };
}
