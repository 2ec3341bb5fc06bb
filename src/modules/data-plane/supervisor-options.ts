import type {
  ListenerSettings,
  PolicyEvent,
  RedisSettings,
  SharedMemory,
  TracingSettings,
} from '../../common/contract/index.js';

/** Where the encoded access-log records of the workers go. */
export interface AccessLogBatchSink {
  accept(batch: ArrayBuffer, records: number): void;
}

/** Where the policies' events go. */
export interface PolicyEventSink {
  accept(event: PolicyEvent, worker: number): void;
}

/** The part of a structured logger that is needed here. */
export interface SupervisorLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface SupervisorOptions {
  readonly memory: SharedMemory;
  readonly listeners: readonly ListenerSettings[];
  /** false: the platform cannot share a port, the first worker alone listens. */
  readonly reusePort: boolean;
  readonly workers: number;
  /** Module that a worker runs. */
  readonly entry: URL;
  /** null: workers keep no access log. */
  readonly accessLog: AccessLogBatchSink | null;
  /** null: rate limits count in this balancer alone. */
  readonly redis: RedisSettings | null;
  /** null: traces are passed on. */
  readonly tracing: TracingSettings | null;
  /** Where records go of exchanges whose spans are recorded; null: none are. */
  readonly spans: AccessLogBatchSink | null;
  readonly log: SupervisorLog;
  /** Is told what policies did or found in workers. */
  readonly events: PolicyEventSink;
}
