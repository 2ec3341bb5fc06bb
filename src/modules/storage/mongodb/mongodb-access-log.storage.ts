import mongoose from 'mongoose';
import type { OpenAccessLog } from '../open-access-log.js';
import { RecordsOnly } from '../records-only.js';
import { MongodbAccessLogStore } from './mongodb-log.stores.js';
import { MongodbConnection, type MongodbSettings } from './mongodb.connection.js';

export function mongodbAccessLogStorage(settings: MongodbSettings): OpenAccessLog {
  const connection = new MongodbConnection(mongoose.createConnection(), settings);
  return {
    connection,
    store: new RecordsOnly(new MongodbAccessLogStore(connection)),
    close: () => connection.close(),
  };
}
