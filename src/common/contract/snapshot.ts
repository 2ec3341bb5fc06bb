import type { AlgorithmName } from './algorithms.js';
import type { ExchangeGlobals, ServicePolicies } from './policies/index.js';
import type { RateLimitSettings } from './rate-limit.js';
import type { RetrySettings } from './retry-settings.js';
import type { ServiceTimeouts } from './service-timeouts.js';

export { ALGORITHM_NAMES } from './algorithms.js';
export { NO_RETRIES } from './retry-settings.js';
export type { AlgorithmName, RetrySettings, ServiceTimeouts };

/**
 * What workers run on: an immutable picture of the desired state, replaced as a whole.
 * It is structured-cloned to the workers, so it holds plain data only. Times are milliseconds.
 * Live state (health, admin state, in flight) is not here but in {@link SharedMemory}, keyed by slot.
 */
export interface Snapshot {
  /** Grows by one with each publication; starts at 1. */
  readonly generation: number;
  readonly services: readonly ServiceSnapshot[];
  /** CIDR blocks or addresses whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly globals: ExchangeGlobals;
  /** Our pseudonym in `Via`; a request that already carries it is a loop (RFC 9110 section 7.6.3). */
  readonly via: string;
  /** Hex secret that signs affinity cookies; the same on every balancer of one registry, and after a restart. */
  readonly affinitySecret: string;
}

/** What the desired state says of a service and workers run on as it is. */
export interface ServiceSettings {
  readonly name: string;
  /** Exact hosts or `*.suffix` wildcards, lower case, without port. Empty: any host. */
  readonly hosts: readonly string[];
  /** Path prefixes, each starting with `/`. */
  readonly paths: readonly string[];
  readonly algorithm: AlgorithmSettings;
  readonly timeouts: ServiceTimeouts;
  readonly retries: RetrySettings;
  /** In the order they are asked. */
  readonly rateLimits: readonly RateLimitSettings[];
  readonly policies: ServicePolicies;
  /** 0: off. */
  readonly slowStartMs: number;
  /** For backends with an `https:` URL. Certificates are always verified unless `verify` is false. */
  readonly tls: UpstreamTls;
}

export interface ServiceSnapshot extends ServiceSettings {
  readonly slot: number;
  /** Changes exactly when something of this service other than live state changes: what is built from it is kept until then. */
  readonly fingerprint: string;
  readonly backends: readonly BackendSnapshot[];
}

export interface AlgorithmSettings {
  readonly name: AlgorithmName;
  /** `header-hash` only, lower case. */
  readonly header: string;
  /** `sticky-round-robin` only. */
  readonly cookie: string;
  /** Consistent hashes: no backend holds more than this factor times its share in flight. 0: unbounded. */
  readonly boundedLoad: number;
}

export interface UpstreamTls {
  /** PEM text, already read from its file, of the authority to trust instead of the system's; empty: the system's. */
  readonly ca: string;
  /** Name to verify and to send as SNI; empty: the URL's host. */
  readonly serverName: string;
  readonly verify: boolean;
}

/** What the desired state says of a backend and workers run on as it is. */
export interface BackendSettings {
  /** Stable over reloads and restarts: first 16 hex digits of SHA-256 over service name, a line feed and `url`. */
  readonly id: string;
  /** Normalised origin: scheme, lower-case host, explicit port, no path; such as `http://127.0.0.1:8001`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** 0 to 1000. 0 takes no new exchange but stays probed. */
  readonly weight: number;
  /** Used only while no other backend of the service is available. */
  readonly backup: boolean;
  /** Exchanges there at a time, over all workers; 0: unlimited. */
  readonly maxInFlight: number;
}

export interface BackendSnapshot extends BackendSettings {
  readonly slot: number;
}
