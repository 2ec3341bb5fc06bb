import type { HealthState } from '../../../common/contract/index.js';
import type { HealthLogStore } from '../../logging/index.js';
import type { AddedBackend, RemovedBackend } from './plan.js';

/** Each is a query of its own: of a change that brings more, nobody reads it backend by backend. */
const MAX_LOOKED_UP = 50;

/** Tells of backends that come whether anybody knows them to be fit. */
export class BackendHistory {
  constructor(
    private readonly healthLog: Pick<HealthLogStore, 'query'>,
    private readonly healthOf: (backendId: string) => HealthState | null,
  ) {}

  /** A health log that cannot be read leaves `lastHealthyAt` null. */
  async of(backends: readonly RemovedBackend[]): Promise<readonly AddedBackend[]> {
    return Promise.all(
      backends.map(async (backend, index) => ({
        ...backend,
        health: this.healthOf(backend.id),
        lastHealthyAt: index < MAX_LOOKED_UP ? await this.lastHealthyAt(backend.id) : null,
      })),
    );
  }

  private async lastHealthyAt(backend: string): Promise<number | null> {
    try {
      const { items } = await this.healthLog.query({ backend, health: 'healthy' }, { limit: 1 });
      return items[0]?.time ?? 0;
    } catch {
      // The store is away, and says so everywhere else: a plan is worth having without this.
      return null;
    }
  }
}

/** What should be said of backends that come; empty: all are known to be healthy. */
export function noticesOf(backends: readonly AddedBackend[]): readonly string[] {
  const unsure = backends.filter(({ health }) => health !== 'healthy');
  return unsure.slice(0, MAX_LOOKED_UP).map(({ service, url, health, lastHealthyAt }) => {
    const found = health === null ? 'is not known here' : `is ${health}`;
    const last = lastHealthyAt ? `, and was last healthy at ${new Date(lastHealthyAt).toISOString()}` : '';
    const never = lastHealthyAt === 0 ? ', and was never found healthy' : '';
    return `backend ${url} of ${service} ${found}${last}${never}: it takes traffic once a probe has passed`;
  });
}
