import { Injectable } from '@nestjs/common';
import type { BackendConfig } from '../../common/config/index.js';
import { LogReader } from './log.reader.js';
import { MAX_PAGE, type RawQuery, refusedParameter, wholeNumber } from './query.reader.js';
import { BackendHealthPort, OutagePort, RegistryPort } from './ports.js';
import type { BackendHealthResource, ServiceHealthResource } from './resources/health.resource.js';
import { isAvailable, serviceIn } from './service.reader.js';

/** Shows how fit the backends of a service are, now and before. */
@Injectable()
export class HealthReader {
  constructor(
    private readonly registry: RegistryPort,
    private readonly health: BackendHealthPort,
    private readonly outages: OutagePort,
    private readonly logs: LogReader,
  ) {}

  /** With `history`, the newest so many records are added. */
  async service(name: string, query: RawQuery): Promise<ServiceHealthResource> {
    const backends = serviceIn(this.registry.current(), name).backends.map((backend) =>
      this.backend(backend),
    );
    const available = backends.filter((backend) => backend.available).length;
    const history = historyLength(query);
    if (history === null) return { service: name, available, backends };
    const page = await this.logs.healthLogs({ service: name, limit: history });
    return { service: name, available, backends, history: [...page.items] };
  }

  private backend(backend: BackendConfig): BackendHealthResource {
    const status = this.health.statusOf(backend.id);
    const health = status?.health ?? 'unknown';
    return {
      backend: backend.id,
      url: backend.url,
      state: backend.state,
      health,
      available: isAvailable(backend, health, this.outages.statusOf(backend.id)),
      since: status?.since ?? null,
      lastProbe: status?.lastProbe ?? null,
      consecutivePasses: status?.consecutivePasses ?? 0,
      consecutiveFailures: status?.consecutiveFailures ?? 0,
      nextProbeAt: status?.nextProbeAt ?? null,
    };
  }
}

/** null: no history is asked for. */
function historyLength(query: RawQuery): number | null {
  for (const key of Object.keys(query)) {
    if (key === 'history') continue;
    throw refusedParameter(key, 'is not known here: only history is, as in ?history=20');
  }
  return wholeNumber(query, 'history', MAX_PAGE) ?? null;
}
