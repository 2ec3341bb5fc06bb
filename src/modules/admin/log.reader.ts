import { Injectable } from '@nestjs/common';
import type {
  AccessLogRecord,
  AuditLogRecord,
  HealthLogRecord,
  ScalingLogRecord,
} from '../../common/contract/index.js';
import { type LogPage, readTime } from '../logging/index.js';
import { nextLink } from './page.link.js';
import { AuditPort, LogQueryPort, RegistryPort } from './ports.js';
import { type RawQuery, refusedParameter } from './query.reader.js';
import { serviceIn } from './service.reader.js';

/** How long a page of the audit log waits for what was recorded just now to be stored. */
const AUDIT_FLUSH_MS = 1_000;

/** Pages of the logs, each with the link to the next one. */
@Injectable()
export class LogReader {
  constructor(
    private readonly logs: LogQueryPort,
    private readonly registry: RegistryPort,
    private readonly audit: AuditPort,
  ) {}

  async accessLogs(query: RawQuery): Promise<LogPage<AccessLogRecord>> {
    const fixed = atFixedTimes(query);
    const { items, next } = await this.logs.queryAccessLogs(fixed);
    return { items, next: nextLink('/api/v1/access-logs', fixed, next) };
  }

  async healthLogs(query: RawQuery): Promise<LogPage<HealthLogRecord>> {
    const fixed = atFixedTimes(query);
    const { items, next } = await this.logs.queryHealthLogs(fixed);
    return { items, next: nextLink('/api/v1/health-logs', fixed, next) };
  }

  /** Whoever was answered finds that in the log. */
  async auditLogs(query: RawQuery): Promise<LogPage<AuditLogRecord>> {
    const fixed = atFixedTimes(query);
    await this.audit.flush(AUDIT_FLUSH_MS);
    const { items, next } = await this.logs.queryAuditLogs(fixed);
    return { items, next: nextLink('/api/v1/audit-logs', fixed, next) };
  }

  async scalingLogs(query: RawQuery): Promise<LogPage<ScalingLogRecord>> {
    const fixed = atFixedTimes(query);
    const { items, next } = await this.logs.queryScalingLogs(fixed);
    return { items, next: nextLink('/api/v1/scaling-logs', fixed, next) };
  }

  /** The health log of one service. */
  async historyOf(service: string, query: RawQuery): Promise<LogPage<HealthLogRecord>> {
    serviceIn(this.registry.current(), service);
    if ('service' in query) {
      throw refusedParameter(
        'service',
        'is given by the path: leave it out here, or use /api/v1/health-logs',
      );
    }
    const fixed = atFixedTimes(query);
    const { items, next } = await this.logs.queryHealthLogs({ ...fixed, service });
    return { items, next: nextLink(`/api/v1/services/${service}/health/history`, fixed, next) };
  }
}

/** Times as moments: one that is relative to now would mean another moment on each page. What cannot be read is left to be refused. */
function atFixedTimes(query: RawQuery): RawQuery {
  const now = Date.now();
  const fixed: Record<string, unknown> = { ...query };
  for (const name of ['from', 'to']) {
    const text = query[name];
    const time = typeof text === 'string' ? readTime(text, now) : null;
    // So long ago that its number would be taken for seconds: there it does not matter.
    if (typeof time === 'number' && readTime(String(time), now) === time) fixed[name] = String(time);
  }
  return fixed;
}
