import type { AccessLogRecord, HealthLogRecord } from '../../../common/contract/index.js';
import type {
  AccessLogFilter,
  AccessLogStore,
  HealthLogFilter,
  HealthLogStore,
} from '../../logging/index.js';
import { ACCESS_LOG_TABLE, HEALTH_LOG_TABLE } from './log-columns.js';
import { accessLogConditions, healthLogConditions } from './log-conditions.js';
import { SqliteLogStore } from './sqlite-log.store.js';
import type { SqliteConnection } from './sqlite.connection.js';

export class SqliteAccessLogStore
  extends SqliteLogStore<AccessLogRecord, AccessLogFilter>
  implements AccessLogStore
{
  constructor(connection: SqliteConnection) {
    super(connection, ACCESS_LOG_TABLE, accessLogConditions);
  }
}

export class SqliteHealthLogStore
  extends SqliteLogStore<HealthLogRecord, HealthLogFilter>
  implements HealthLogStore
{
  constructor(connection: SqliteConnection) {
    super(connection, HEALTH_LOG_TABLE, healthLogConditions);
  }
}
