import mongoose from 'mongoose';
import type { StoreRetention } from '../../src/modules/storage/index.js';
import { MongodbConnection } from '../../src/modules/storage/mongodb/mongodb.connection.js';
import { MongodbConsignmentStore } from '../../src/modules/storage/mongodb/mongodb-consignment.store.js';
import { MongodbAccessLogStore } from '../../src/modules/storage/mongodb/mongodb-log.stores.js';
import type { Mongod } from './mongod.js';
import { KEEP_FOREVER } from './stores.js';

export interface MongodbAccessLog {
  readonly connection: MongodbConnection;
  readonly consignments: MongodbConsignmentStore;
  readonly accessLog: MongodbAccessLogStore;
  /** The database, as any client sees it. */
  readonly db: mongoose.mongo.Db;
  close(): Promise<void>;
}

/** The access log on MongoDB as a thread composes it: without Nest. */
export async function openMongodbAccessLog(
  { uri }: Pick<Mongod, 'uri'>,
  database: string,
  retention: Partial<StoreRetention> = {},
): Promise<MongodbAccessLog> {
  const settings = { uri, database, retention: { ...KEEP_FOREVER, ...retention } };
  const connection = new MongodbConnection(mongoose.createConnection(), settings);
  await connection.open();
  const { state, error } = connection.status();
  if (state !== 'connected') throw new Error(`MongoDB is ${state}: ${error}`);
  return {
    connection,
    consignments: new MongodbConsignmentStore(connection),
    accessLog: new MongodbAccessLogStore(connection),
    db: connection.connection.db!,
    close: () => connection.close(),
  };
}
