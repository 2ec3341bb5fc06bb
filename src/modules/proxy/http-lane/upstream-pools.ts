import type { BackendRuntime, ServiceRuntime } from '../../balancer/index.js';
import { UpstreamPool } from './upstream-pool.js';

/**
 * The HTTP lane's connection pools, one per backend. The balancer keeps a backend over reloads for as long as its
 * connections are as good as new ones, so nothing that a pool was made with changes under it.
 */
export class UpstreamPools {
  private readonly pools = new Map<BackendRuntime, UpstreamPool>();

  /** The pool of a backend, made at first use. */
  of(service: ServiceRuntime, backend: BackendRuntime): UpstreamPool {
    let pool = this.pools.get(backend);
    if (pool === undefined) {
      pool = new UpstreamPool(service.snapshot, backend.snapshot);
      this.pools.set(backend, pool);
    }
    return pool;
  }

  remove(backends: readonly BackendRuntime[]): void {
    for (const backend of backends) {
      this.pools.get(backend)?.retire();
      this.pools.delete(backend);
    }
  }

  close(): void {
    for (const pool of this.pools.values()) pool.destroy();
    this.pools.clear();
  }
}
