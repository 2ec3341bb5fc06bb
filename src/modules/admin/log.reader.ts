import { Injectable } from '@nestjs/common';
import type { AccessLogRecord, HealthLogRecord } from '../../common/contract/index.js';
import type { LogPage } from '../logging/index.js';
import { LogQueryPort, RegistryPort } from './ports.js';
import { type RawQuery, refusedParameter } from './query.reader.js';
import { serviceIn } from './service.reader.js';

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
      throw refusedParameter(
        'service',
        'is given by the path: leave it out here, or use /api/v1/health-logs',
      );
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
