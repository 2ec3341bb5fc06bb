import mongoose from 'mongoose';
import type { OpenAccessLog } from '../open-access-log.js';
import { MongodbAnalyticsStore } from './mongodb-analytics.store.js';
import { MongodbConsignmentStore } from './mongodb-consignment.store.js';
import { MongodbAccessLogStore } from './mongodb-log.stores.js';
import { MongodbConnection, type MongodbSettings } from './mongodb.connection.js';

/** On a connection of its own. */
export function mongodbAccessLogStorage(settings: MongodbSettings): OpenAccessLog {
  const connection = new MongodbConnection(mongoose.createConnection(), settings);
  const consignments = new MongodbConsignmentStore(connection);
  const records = new MongodbAccessLogStore(connection);
  const analytics = new MongodbAnalyticsStore(connection, settings.retention.rollups);
  const { maxInFlight, isAtomic } = consignments;
  return {
    connection,
    store: {
      maxInFlight,
      isAtomic,
      deliver: (consignment, before = Promise.resolve()) => consignments.deliver(consignment, before),
      append: (part) => consignments.append(part),
      settle: () => consignments.settle(),
      query: (filter, page) => records.query(filter, page),
      analyze: (query) => analytics.analyze(query),
    },
    open: () => connection.open(),
    close: () => connection.close(),
  };
}
