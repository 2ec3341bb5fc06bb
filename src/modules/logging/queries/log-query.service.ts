import type {
  AccessLogRecord,
  AuditLogRecord,
  HealthLogRecord,
  ScalingLogRecord,
} from '../../../common/contract/index.js';
import type {
  AccessLogStore,
  AuditLogStore,
  HealthLogStore,
  LogPage,
  ScalingLogStore,
} from '../log-stores.js';
import {
  parseAccessLogQuery,
  parseAuditLogQuery,
  parseHealthLogQuery,
  parseScalingLogQuery,
  parseTailQuery,
} from './log.query.js';
import { fitsFilter } from './record.filter.js';

/**
 * Answers queries on the logs, newest first. Takes parameters as they come from a URL (see `log.query.ts`);
 * rejects with REQUEST_INVALID, naming each parameter at fault, or with STORE_UNAVAILABLE.
 */
export class LogQueryService {
  constructor(
    private readonly accessLogs: Pick<AccessLogStore, 'query'>,
    private readonly healthLogs: Pick<HealthLogStore, 'query'>,
    private readonly auditLogs: Pick<AuditLogStore, 'query'>,
    private readonly scalingLogs: Pick<ScalingLogStore, 'query'>,
  ) {}

  async queryAccessLogs(raw: Readonly<Record<string, unknown>>): Promise<LogPage<AccessLogRecord>> {
    const { filter, page } = parseAccessLogQuery(raw);
    return this.accessLogs.query(filter, page);
  }

  /** For records that come: the same filters, without times and pages. Throws REQUEST_INVALID. */
  accessLogTest(raw: Readonly<Record<string, unknown>>): (record: AccessLogRecord) => boolean {
    const filter = parseTailQuery(raw);
    return (record) => fitsFilter(record, filter);
  }

  async queryHealthLogs(raw: Readonly<Record<string, unknown>>): Promise<LogPage<HealthLogRecord>> {
    const { filter, page } = parseHealthLogQuery(raw);
    return this.healthLogs.query(filter, page);
  }

  async queryAuditLogs(raw: Readonly<Record<string, unknown>>): Promise<LogPage<AuditLogRecord>> {
    const { filter, page } = parseAuditLogQuery(raw);
    return this.auditLogs.query(filter, page);
  }

  async queryScalingLogs(raw: Readonly<Record<string, unknown>>): Promise<LogPage<ScalingLogRecord>> {
    const { filter, page } = parseScalingLogQuery(raw);
    return this.scalingLogs.query(filter, page);
  }
}
