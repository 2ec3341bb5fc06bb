import mongoose from 'mongoose';
import type { AccessLogFilter, AnalyticsQuery, Consignment, PageRequest } from '../../logging/index.js';
import type { OpenAccessLog } from '../open-access-log.js';
import { MongodbAnalyticsStore } from './mongodb-analytics.store.js';
import { MongodbConsignmentStore } from './mongodb-consignment.store.js';
import { MongodbAccessLogStore } from './mongodb-log.stores.js';
import { MongodbConnection, type MongodbSettings } from './mongodb.connection.js';

export function mongodbAccessLogStorage(settings: MongodbSettings): OpenAccessLog {
  const connection = new MongodbConnection(mongoose.createConnection(), settings);
  const consignments = new MongodbConsignmentStore(connection);
  const records = new MongodbAccessLogStore(connection);
  const analytics = new MongodbAnalyticsStore(connection, settings.retention.rollups);
  return {
    connection,
    store: {
      maxInFlight: consignments.maxInFlight,
      isAtomic: consignments.isAtomic,
      deliver: (consignment: Consignment, before: Promise<void>) => consignments.deliver(consignment, before),
      append: (sent) => consignments.append(sent),
      settle: () => consignments.settle(),
      query: (filter: AccessLogFilter, page: PageRequest) => records.query(filter, page),
      analyze: (query: AnalyticsQuery) => analytics.analyze(query),
    },
    close: () => connection.close(),
  };
}
