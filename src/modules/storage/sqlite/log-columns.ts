import type {
  AccessLogRecord,
  AuditLogRecord,
  HealthLogRecord,
  ScalingLogRecord,
} from '../../../common/contract/index.js';

export type ColumnType = 'text' | 'integer' | 'boolean' | 'json';

/** A table of records: columns are named as the record's fields, in this order, after `time` and `id`. */
export interface LogTableShape<T> {
  readonly name: string;
  readonly columns: { readonly [F in Exclude<keyof T & string, 'time' | 'id'>]: ColumnType };
  /** Indexed for equality, each together with the time; the most selective first: a query takes the first that it can. */
  readonly equality: readonly (keyof T & string)[];
  /** Indexed for a range of prefixes. */
  readonly prefix: readonly (keyof T & string)[];
}

/** Records as they were before the access log had a file of its own. Later fields are not in it. */
export type EarlierAccessLogRecord = Pick<AccessLogRecord, 'time' | 'id' | EarlierField>;
type EarlierField = keyof typeof EARLIER_COLUMNS;

const EARLIER_COLUMNS = {
  requestId: 'text',
  service: 'text',
  host: 'text',
  method: 'text',
  path: 'text',
  query: 'text',
  protocol: 'text',
  status: 'integer',
  dropReason: 'text',
  client: 'text',
  backend: 'text',
  attempts: 'json',
  bytesIn: 'integer',
  bytesOut: 'integer',
  totalUs: 'integer',
  queueUs: 'integer',
  connectUs: 'integer',
  firstByteUs: 'integer',
  affinity: 'text',
  algorithm: 'text',
  userAgent: 'text',
  referer: 'text',
  worker: 'integer',
  lane: 'text',
  generation: 'integer',
  shadowReason: 'text',
  group: 'text',
  fallbackFrom: 'text',
} as const;

/** Where the registry's file had the access log. Never changes. */
export const EARLIER_ACCESS_LOG_TABLE: LogTableShape<EarlierAccessLogRecord> = {
  name: 'access_logs',
  columns: EARLIER_COLUMNS,
  equality: ['requestId', 'dropReason', 'client', 'backend', 'status', 'service'],
  prefix: ['path'],
};

export const HEALTH_LOG_TABLE: LogTableShape<HealthLogRecord> = {
  name: 'health_logs',
  columns: {
    kind: 'text',
    service: 'text',
    backend: 'text',
    url: 'text',
    passed: 'boolean',
    health: 'text',
    previous: 'text',
    status: 'integer',
    durationUs: 'integer',
    error: 'text',
  },
  equality: ['backend', 'service', 'kind'],
  prefix: [],
};

export const AUDIT_LOG_TABLE: LogTableShape<AuditLogRecord> = {
  name: 'audit_logs',
  columns: {
    actor: 'text',
    role: 'text',
    tokenId: 'text',
    address: 'text',
    action: 'text',
    resource: 'text',
    outcome: 'text',
    status: 'integer',
    code: 'text',
    revision: 'integer',
    note: 'text',
    requestId: 'text',
    count: 'integer',
  },
  equality: ['actor', 'outcome'],
  prefix: ['action'],
};

export const SCALING_LOG_TABLE: LogTableShape<ScalingLogRecord> = {
  name: 'scaling_logs',
  columns: {
    service: 'text',
    kind: 'text',
    current: 'integer',
    desired: 'integer',
    backend: 'text',
    instance: 'text',
    metric: 'text',
    metrics: 'json',
    limits: 'json',
    reason: 'text',
  },
  equality: ['service', 'kind'],
  prefix: [],
};
