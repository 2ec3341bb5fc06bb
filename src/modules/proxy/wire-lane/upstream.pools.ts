import type { BackendRuntime, ServiceRuntime } from '../../balancer/index.js';
import { type PoolServices, UpstreamPool } from './upstream.pool.js';

/** The wire lane's connection pools, one per backend, kept for as long as the balancer keeps the backend. */
export class UpstreamPools {
  private readonly pools = new Map<BackendRuntime, UpstreamPool>();

  constructor(private readonly services: PoolServices) {}

  /** The pool of a backend, made at first use. */
  of(service: ServiceRuntime, backend: BackendRuntime): UpstreamPool {
    let pool = this.pools.get(backend);
    if (pool === undefined) {
      pool = new UpstreamPool(this.services, service, backend);
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
    for (const pool of this.pools.values()) pool.retire();
    this.pools.clear();
  }
}
