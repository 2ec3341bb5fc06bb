import type { DiscoverySourceConfig, DockerDiscoveryConfig } from './discovery-config.js';
import type { DriversConfig, ScalingConfig } from './scaling-config.js';
import type { AccessLogOutput } from './access-log-output.js';
import type { GlobalPolicies } from '../contract/policies/index.js';
import type {
  AdminState,
  BackendSettings,
  ListenerSettings,
  RedisSettings,
  ServiceSettings,
} from '../contract/index.js';

/** The whole configuration after validation: units resolved, defaults filled in. Times are milliseconds, sizes bytes. */
export interface VelocityConfig {
  readonly listeners: readonly ListenerSettings[];
  readonly admin: AdminConfig;
  /** Number of data-plane threads (`auto` is resolved to one per core), or `inline` for none: the control plane serves. */
  readonly workers: number | 'inline';
  readonly storage: StorageConfig;
  /** null: rate limits count in this balancer alone. */
  readonly redis: RedisSettings | null;
  /** null: what clients say of traces is passed on, and that is all. */
  readonly tracing: TracingConfig | null;
  readonly accessLog: AccessLogConfig;
  readonly healthLog: HealthLogConfig;
  readonly auditLog: { readonly retentionMs: number };
  /** Of decisions on the number of backends, and of what discovery finds. */
  readonly scalingLog: { readonly retentionMs: number };
  readonly history: HistoryConfig;
  readonly drivers: DriversConfig;
  /** null: labels of containers are not looked at. */
  readonly dockerDiscovery: DockerDiscoveryConfig | null;
  readonly shutdown: { readonly deadlineMs: number };
  readonly log: { readonly level: LogLevel; readonly format: 'json' | 'pretty' | 'auto' };
  /** Our pseudonym in `Via`. */
  readonly via: string;
  readonly trustedProxies: readonly string[];
  readonly globals: GlobalPolicies;
  readonly services: readonly ServiceConfig[];
}

export interface TracingConfig {
  /** Share of the traces begun here that are sampled: 0 to 1. */
  readonly sampleShare: number;
  readonly trust: 'all' | 'proxies';
  /** Where spans are exported to; null: none are recorded. */
  readonly otlp: OtlpConfig | null;
}

/** Export of spans by OTLP over HTTP. */
export interface OtlpConfig {
  /** Of the collector, with the path: `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** `service.name` of the spans. */
  readonly name: string;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface AdminConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** File with the bearer token; made when missing. */
  readonly tokenFile: string;
  /** Host names, beside loopback ones and addresses, under which the admin API may be called (DNS rebinding). */
  readonly allowedHosts: readonly string[];
  /** `off`: everybody may do everything; only on loopback. */
  readonly authentication: 'token' | 'off';
  /** null: plain HTTP. */
  readonly tls: AdminTlsConfig | null;
}

/** Paths of PEM files. */
export interface AdminTlsConfig {
  readonly cert: string;
  readonly key: string;
}

export type StorageConfig =
  | { readonly driver: 'sqlite'; readonly path: string }
  | {
      readonly driver: 'mongodb';
      readonly uri: string;
      readonly database: string;
      /** What the server of the URI is made when it was never initiated; absent: nothing. */
      readonly initiate?: ReplicaSetOfOne;
    };

/** A replica set of one node. */
export interface ReplicaSetOfOne {
  readonly name: string;
  /** With port, as balancers and the server itself reach it. */
  readonly host: string;
}

export interface AccessLogConfig {
  readonly enabled: boolean;
  /** Records older than this are removed by the store; 0: kept forever. */
  readonly retentionMs: number;
  /** Records waiting in memory while the spool cannot be written; beyond it the oldest are lost, counted and shown. */
  readonly maxBuffered: number;
  /** Age at which sums over a minute, an hour and a day are removed; 0: kept forever. */
  readonly rollups: { readonly minutesMs: number; readonly hoursMs: number; readonly daysMs: number };
  readonly spool: SpoolConfig;
  readonly outputs: readonly AccessLogOutput[];
}

/** Where access-log records wait on disk for the store. */
export interface SpoolConfig {
  readonly path: string;
  /** Beyond it the oldest records are lost, counted and shown. */
  readonly maxBytes: number;
  /** Of one file. */
  readonly segmentBytes: number;
}

export interface HealthLogConfig {
  /** `all`: each probe and each change; `changes`: changes and failed probes. */
  readonly record: 'all' | 'changes';
  readonly retentionMs: number;
}

export interface HistoryConfig {
  /** Newest revisions that are kept; 0: all. */
  readonly revisions: number;
}

export interface ServiceConfig extends ServiceSettings {
  readonly backends: readonly BackendConfig[];
  readonly health: HealthConfig;
  /** null: its number of backends is nobody's business. */
  readonly scaling: ScalingConfig | null;
  readonly discovery: readonly DiscoverySourceConfig[];
}

export interface BackendConfig extends BackendSettings {
  readonly state: AdminState;
  /** Who brought it: `docker`, `dns:shop.internal`, `file:shop.yml`, or `scaling`; null: typed in. Who brought it takes it away. */
  readonly source: string | null;
}

export interface HealthConfig {
  readonly type: 'none' | 'tcp' | 'http' | 'https';
  /** 0: the backend's own port. */
  readonly port: number;
  readonly path: string;
  readonly method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST';
  /** Sent with the probe; `host` overrides the Host header. */
  readonly headers: Readonly<Record<string, string>>;
  /** Inclusive ranges of statuses that pass. */
  readonly status: readonly { readonly from: number; readonly to: number }[];
  /** Text that the body must contain; empty: not looked at. */
  readonly body: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Passes in a row that make an unhealthy backend healthy (the first probe of a new backend counts alone). */
  readonly rise: number;
  /** Failures in a row that make a healthy backend unhealthy. */
  readonly fall: number;
}
