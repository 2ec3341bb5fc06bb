import type {
  AccessLogRecord,
  AuditLogRecord,
  AuditOutcome,
  DropReason,
  HealthLogRecord,
  HealthState,
  ScalingLogRecord,
} from '../../common/contract/index.js';

/** One page of a query: newest first. */
export interface LogPage<T> {
  readonly items: readonly T[];
  /** Opaque; pass it back to go on. null: this was the last page. */
  readonly next: string | null;
}

/** Every field narrows the answer; an absent one does not. */
export interface AccessLogFilter {
  readonly service?: string;
  readonly backend?: string;
  /** Exact statuses, or classes as 1 to 5. */
  readonly status?: number;
  readonly statusClass?: number;
  readonly dropReason?: DropReason;
  /** true: drops only, false: forwards only. */
  readonly dropped?: boolean;
  readonly method?: string;
  readonly pathPrefix?: string;
  readonly client?: string;
  readonly requestId?: string;
  /** Unix milliseconds, inclusive. */
  readonly from?: number;
  /** Unix milliseconds, exclusive. */
  readonly to?: number;
}

export interface HealthLogFilter {
  readonly service?: string;
  readonly backend?: string;
  readonly kind?: HealthLogRecord['kind'];
  readonly health?: HealthState;
  readonly from?: number;
  readonly to?: number;
}

export interface AuditLogFilter {
  readonly actor?: string;
  readonly outcome?: AuditOutcome;
  readonly actionPrefix?: string;
  readonly from?: number;
  readonly to?: number;
}

export interface ScalingLogFilter {
  readonly service?: string;
  readonly kind?: ScalingLogRecord['kind'];
  readonly from?: number;
  readonly to?: number;
}

export interface PageRequest {
  /** 1 to 1000. */
  readonly limit: number;
  readonly cursor?: string;
}

/**
 * Where access-log records end up. `append` is idempotent by record id and resolves only when the records are durable;
 * it rejects with STORE_UNAVAILABLE when the store is away. `query` answers newest first, stable under concurrent appends.
 */
export interface AccessLogStore {
  append(records: readonly AccessLogRecord[]): Promise<void>;
  query(filter: AccessLogFilter, page: PageRequest): Promise<LogPage<AccessLogRecord>>;
}

/** The same for health-check records. */
export interface HealthLogStore {
  append(records: readonly HealthLogRecord[]): Promise<void>;
  query(filter: HealthLogFilter, page: PageRequest): Promise<LogPage<HealthLogRecord>>;
}

/** The same for records of changes and of refused attempts. */
export interface AuditLogStore {
  append(records: readonly AuditLogRecord[]): Promise<void>;
  query(filter: AuditLogFilter, page: PageRequest): Promise<LogPage<AuditLogRecord>>;
}

/** The same for records of scaling and discovery. */
export interface ScalingLogStore {
  append(records: readonly ScalingLogRecord[]): Promise<void>;
  query(filter: ScalingLogFilter, page: PageRequest): Promise<LogPage<ScalingLogRecord>>;
}

/** Injection tokens of the ports. */
export const ACCESS_LOG_STORE = Symbol('AccessLogStore');
export const HEALTH_LOG_STORE = Symbol('HealthLogStore');
export const AUDIT_LOG_STORE = Symbol('AuditLogStore');
export const SCALING_LOG_STORE = Symbol('ScalingLogStore');
