/** Where backends of a service are found that are not typed in. Times are milliseconds. */
export type DiscoverySourceConfig = DnsSourceConfig | FileSourceConfig;

export interface DnsSourceConfig {
  readonly type: 'dns';
  readonly name: string;
  /** `address`: A and AAAA. */
  readonly record: 'address' | 'srv';
  /** Of the backends; with `srv` the record says it: 0. */
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** Bounds of the time between two questions; between them the record's TTL decides. */
  readonly minIntervalMs: number;
  readonly maxIntervalMs: number;
  /** host:port of the name servers; empty: those of the system. */
  readonly servers: readonly string[];
}

export interface FileSourceConfig {
  readonly type: 'file';
  /** YAML or JSON list of backends, as in a service. Read anew when it changes. */
  readonly path: string;
}

/** Finds services and backends in the labels of containers. Process-wide: a start reads it. */
export interface DockerDiscoveryConfig {
  /** Network whose addresses are taken; null: the first one, or the published port where the balancer does not run in a container. */
  readonly network: string | null;
}
