import type { AuditLogRecord, HealthLogRecord, ScalingLogRecord } from '../../../common/contract/index.js';
import type {
  AuditLogFilter,
  AuditLogStore,
  HealthLogFilter,
  HealthLogStore,
  ScalingLogFilter,
  ScalingLogStore,
} from '../../logging/log-store.js';
import { AUDIT_LOG_TABLE, HEALTH_LOG_TABLE, SCALING_LOG_TABLE } from './log-columns.js';
import { auditLogConditions, healthLogConditions, scalingLogConditions } from './log-conditions.js';
import { SqliteLogStore } from './sqlite-log.store.js';
import type { SqliteConnection } from './sqlite.connection.js';

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

export class SqliteScalingLogStore
  extends SqliteLogStore<ScalingLogRecord, ScalingLogFilter>
  implements ScalingLogStore
{
  constructor(connection: SqliteConnection) {
    super(connection, SCALING_LOG_TABLE, scalingLogConditions);
  }
}
