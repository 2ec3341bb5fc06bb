import type { BackendRuntime, ServiceRuntime } from '../balancer/index.js';

/** The connections to one backend. */
export interface BackendPool {
  /** Closes what is idle now, and the rest as soon as it becomes idle: exchanges that run are not disturbed. */
  retire(): void;
  /** The lane closes, after its last exchange. */
  destroy(): void;
}

/**
 * A lane's connection pools, one per backend. The balancer keeps a backend over reloads for as long as its connections are
 * as good as new ones, so nothing that a pool was made with changes under it.
 */
export class BackendPools<Pool extends BackendPool> {
  private readonly pools = new Map<BackendRuntime, Pool>();

  constructor(private readonly make: (service: ServiceRuntime, backend: BackendRuntime) => Pool) {}

  /** The pool of a backend, made at first use. */
  of(service: ServiceRuntime, backend: BackendRuntime): Pool {
    let pool = this.pools.get(backend);
    if (pool === undefined) {
      pool = this.make(service, backend);
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
