import type { AccessLogRecord, AuditLogRecord, HealthLogRecord } from '../../../common/contract/index.js';
import type {
  AccessLogFilter,
  AccessLogStore,
  AuditLogFilter,
  AuditLogStore,
  HealthLogFilter,
  HealthLogStore,
} from '../../logging/index.js';
import { ACCESS_LOG_TABLE, AUDIT_LOG_TABLE, HEALTH_LOG_TABLE } from './log-columns.js';
import { accessLogConditions, auditLogConditions, healthLogConditions } from './log-conditions.js';
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

export class SqliteAuditLogStore
  extends SqliteLogStore<AuditLogRecord, AuditLogFilter>
  implements AuditLogStore
{
  constructor(connection: SqliteConnection) {
    super(connection, AUDIT_LOG_TABLE, auditLogConditions);
  }
}
