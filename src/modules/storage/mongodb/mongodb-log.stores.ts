import type { AccessLogRecord, HealthLogRecord } from '../../../common/contract/index.js';
import type {
  AccessLogFilter,
  AccessLogStore,
  HealthLogFilter,
  HealthLogStore,
} from '../../logging/index.js';
import { accessLogFilter, healthLogFilter } from './log-filters.js';
import { MongodbLogStore } from './mongodb-log.store.js';
import type { MongodbConnection } from './mongodb.connection.js';

export class MongodbAccessLogStore
  extends MongodbLogStore<AccessLogRecord, AccessLogFilter>
  implements AccessLogStore
{
  constructor(connection: MongodbConnection) {
    super(connection, 'AccessLog', accessLogFilter);
  }
}

export class MongodbHealthLogStore
  extends MongodbLogStore<HealthLogRecord, HealthLogFilter>
  implements HealthLogStore
{
  constructor(connection: MongodbConnection) {
    super(connection, 'HealthLog', healthLogFilter);
  }
}
