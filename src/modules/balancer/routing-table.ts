import { normalizeHost } from './host-name.js';
import { PathTable } from './path-table.js';
import type { ServiceRuntime } from './service-runtime.js';

const WILDCARD = '*.';
const DOT = '.';
/** RFC 1035 section 2.3.4: a longer name cannot be one, and searching its labels would only cost. */
const MAX_HOST_LENGTH = 253;

/**
 * Finds the service of a host and path: the exact host first, then wildcards from the longest suffix to the
 * shortest, then services of any host; within each the longest path prefix.
 *
 * `*.a.b` matches any number of labels before `.a.b`, but not `a.b` itself. A host entry without a matching path does
 * not end the search: the next less specific one is asked, so a service for `shop.test` with the path `/api` leaves the
 * rest of that host to `*.test` or to the catch-all service (as in HAProxy's default_backend, Caddy and Traefik;
 * nginx and Envoy would answer 404).
 *
 * Only hash lookups: one per label of the host, and see {@link PathTable}. Immutable after the constructor.
 */
export class RoutingTable {
  private readonly exact = new Map<string, PathTable>();
  /** By suffix without `*.`. */
  private readonly wildcards = new Map<string, PathTable>();
  private readonly anyHost = new PathTable();

  constructor(services: Iterable<ServiceRuntime>) {
    for (const service of services) this.add(service);
  }

  /** `host` as {@link normalizeHost} gives it; `path` raw, without the query. */
  find(host: string, path: string): ServiceRuntime | null {
    const exact = this.exact.get(host);
    if (exact !== undefined) {
      const service = exact.find(path);
      if (service !== null) return service;
    }
    if (this.wildcards.size > 0 && host.length <= MAX_HOST_LENGTH) {
      const service = this.findWildcard(host, path);
      if (service !== null) return service;
    }
    return this.anyHost.find(path);
  }

  private findWildcard(host: string, path: string): ServiceRuntime | null {
    for (let dot = host.indexOf(DOT); dot >= 0; dot = host.indexOf(DOT, dot + 1)) {
      const paths = this.wildcards.get(host.slice(dot + 1));
      // A leading dot is no label: `.a.b` is not below `a.b`.
      if (paths === undefined || dot === 0) continue;
      const service = paths.find(path);
      if (service !== null) return service;
    }
    return null;
  }

  private add(service: ServiceRuntime): void {
    const { hosts, paths } = service.snapshot;
    const tables = hosts.length === 0 ? [this.anyHost] : hosts.map((host) => this.tableOf(host));
    for (const table of tables) for (const path of paths) table.add(path, service);
  }

  private tableOf(host: string): PathTable {
    const isWildcard = host.startsWith(WILDCARD);
    const tables = isWildcard ? this.wildcards : this.exact;
    const key = normalizeHost(isWildcard ? host.slice(WILDCARD.length) : host);
    let table = tables.get(key);
    if (table === undefined) {
      table = new PathTable();
      tables.set(key, table);
    }
    return table;
  }
}
