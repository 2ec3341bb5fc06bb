import type { AccessLogRecord } from '../../../../common/contract/index.js';

type StoredField = Exclude<keyof AccessLogRecord, 'id' | 'time'>;

interface Column<F extends StoredField> {
  readonly type: 'text' | 'integer' | 'json';
  /** A function for each column: a loop over names of properties takes five times as long. */
  readonly of: (record: AccessLogRecord) => AccessLogRecord[F];
  /** What a row without this column means; it is not written then, which makes storing it cheaper. Absent: always written. */
  readonly usual?: string | number | null;
}

/**
 * Columns of the records, named as their fields. A field of the record that is missing here does not compile; a new one is
 * a line at the end, and files of before get the column when they are opened: their rows then have the usual value.
 */
export const RECORD_COLUMNS: { readonly [F in StoredField]: Column<F> } = {
  /** NULL: it is the record's id. */
  requestId: { type: 'text', of: (record) => record.requestId, usual: null },
  service: { type: 'text', of: (record) => record.service },
  host: { type: 'text', of: (record) => record.host },
  method: { type: 'text', of: (record) => record.method, usual: 'GET' },
  path: { type: 'text', of: (record) => record.path },
  query: { type: 'text', of: (record) => record.query, usual: '' },
  protocol: { type: 'text', of: (record) => record.protocol, usual: 'HTTP/1.1' },
  status: { type: 'integer', of: (record) => record.status },
  dropReason: { type: 'text', of: (record) => record.dropReason, usual: null },
  client: { type: 'text', of: (record) => record.client },
  backend: { type: 'text', of: (record) => record.backend },
  attempts: { type: 'json', of: (record) => record.attempts },
  bytesIn: { type: 'integer', of: (record) => record.bytesIn, usual: 0 },
  bytesOut: { type: 'integer', of: (record) => record.bytesOut },
  totalUs: { type: 'integer', of: (record) => record.totalUs },
  queueUs: { type: 'integer', of: (record) => record.queueUs, usual: 0 },
  connectUs: { type: 'integer', of: (record) => record.connectUs, usual: 0 },
  firstByteUs: { type: 'integer', of: (record) => record.firstByteUs },
  affinity: { type: 'text', of: (record) => record.affinity, usual: 'none' },
  algorithm: { type: 'text', of: (record) => record.algorithm },
  userAgent: { type: 'text', of: (record) => record.userAgent },
  referer: { type: 'text', of: (record) => record.referer, usual: '' },
  worker: { type: 'integer', of: (record) => record.worker },
  lane: { type: 'text', of: (record) => record.lane, usual: 'wire' },
  generation: { type: 'integer', of: (record) => record.generation },
  shadowReason: { type: 'text', of: (record) => record.shadowReason, usual: null },
  group: { type: 'text', of: (record) => record.group, usual: null },
  fallbackFrom: { type: 'text', of: (record) => record.fallbackFrom, usual: null },
  decision: { type: 'json', of: (record) => record.decision, usual: null },
  headers: { type: 'json', of: (record) => record.headers, usual: null },
  traceId: { type: 'text', of: (record) => record.traceId, usual: null },
  spanId: { type: 'text', of: (record) => record.spanId, usual: null },
  parentSpanId: { type: 'text', of: (record) => record.parentSpanId, usual: null },
};

export const COLUMN_NAMES = Object.keys(RECORD_COLUMNS) as StoredField[];

/** Name, type and default, as both a new table and an older one take them. */
export function columnSql(name: StoredField): string {
  const { type, usual } = RECORD_COLUMNS[name];
  const byDefault =
    usual === undefined || usual === null
      ? ''
      : ` DEFAULT ${typeof usual === 'number' ? usual : `'${usual}'`}`;
  return `"${name}" ${type === 'integer' ? 'INTEGER' : 'TEXT'}${byDefault}`;
}
