import { Injectable } from '@nestjs/common';
import type { AccessLogRecord, HealthLogRecord } from '../../common/contract/index.js';
import { VelocityError } from '../../common/errors/index.js';
import type { LogPage } from '../logging/index.js';
import { LogQueryPort, RegistryPort } from './ports.js';
import { serviceIn } from './service.reader.js';

/** Query parameters as they came: texts, or lists of texts where one was repeated. */
export type RawQuery = Readonly<Record<string, unknown>>;

/** Pages of the logs, each with the link to the next one. */
@Injectable()
export class LogReader {
  constructor(
    private readonly logs: LogQueryPort,
    private readonly registry: RegistryPort,
  ) {}

  async accessLogs(query: RawQuery): Promise<LogPage<AccessLogRecord>> {
    const { items, next } = await this.logs.queryAccessLogs(query);
    return { items, next: nextLink('/api/v1/access-logs', query, next) };
  }

  async healthLogs(query: RawQuery): Promise<LogPage<HealthLogRecord>> {
    const { items, next } = await this.logs.queryHealthLogs(query);
    return { items, next: nextLink('/api/v1/health-logs', query, next) };
  }

  /** The health log of one service. */
  async historyOf(service: string, query: RawQuery): Promise<LogPage<HealthLogRecord>> {
    serviceIn(this.registry.current(), service);
    if ('service' in query) {
      const message = 'is given by the path: leave it out here, or use /api/v1/health-logs';
      throw new VelocityError('REQUEST_INVALID', `The query parameter "service" ${message}.`, {
        issues: [{ path: 'service', message }],
      });
    }
    const { items, next } = await this.logs.queryHealthLogs({ ...query, service });
    return { items, next: nextLink(`/api/v1/services/${service}/health/history`, query, next) };
  }
}

function nextLink(path: string, query: RawQuery, cursor: string | null): string | null {
  if (cursor === null) return null;
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (key !== 'cursor') parameters.set(key, String(value));
  }
  parameters.set('cursor', cursor);
  return `${path}?${parameters}`;
}
