import type { AccessLogRecord, AuditLogRecord, HealthLogRecord } from '../../../common/contract/index.js';
import type { AccessLogStore, AuditLogStore, HealthLogStore, LogPage } from '../log-stores.js';
import { parseAccessLogQuery, parseAuditLogQuery, parseHealthLogQuery, parseTailQuery } from './log.query.js';
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
}
