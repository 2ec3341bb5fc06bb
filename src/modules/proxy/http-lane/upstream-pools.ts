import type { BackendRuntime, ServiceRuntime } from '../../balancer/index.js';
import { UpstreamPool } from './upstream-pool.js';

/** The HTTP lane's connection pools, one per backend, kept over reloads for as long as the backend is known. */
export class UpstreamPools {
  private readonly pools = new Map<BackendRuntime, UpstreamPool>();

  /** The pool of a backend, made at first use, and anew when a setting that it was made with has changed. */
  of(service: ServiceRuntime, backend: BackendRuntime): UpstreamPool {
    const present = this.pools.get(backend);
    if (present !== undefined) {
      if (present.fits(service.snapshot)) return present;
      present.retire();
    }
    const pool = new UpstreamPool(service.snapshot, backend.snapshot);
    this.pools.set(backend, pool);
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
