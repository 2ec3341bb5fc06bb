import type {
  AccessLogRecord,
  AuditLogRecord,
  HealthLogRecord,
  ScalingLogRecord,
} from '../../../common/contract/index.js';
import type {
  AccessLogFilter,
  AccessLogStore,
  AuditLogFilter,
  AuditLogStore,
  HealthLogFilter,
  HealthLogStore,
  ScalingLogFilter,
  ScalingLogStore,
} from '../../logging/log-store.js';
import { accessLogFilter, auditLogFilter, healthLogFilter, scalingLogFilter } from './log-filters.js';
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

export class MongodbAuditLogStore
  extends MongodbLogStore<AuditLogRecord, AuditLogFilter>
  implements AuditLogStore
{
  constructor(connection: MongodbConnection) {
    super(connection, 'AuditLog', auditLogFilter);
  }
}

export class MongodbScalingLogStore
  extends MongodbLogStore<ScalingLogRecord, ScalingLogFilter>
  implements ScalingLogStore
{
  constructor(connection: MongodbConnection) {
    super(connection, 'ScalingLog', scalingLogFilter);
  }
}
