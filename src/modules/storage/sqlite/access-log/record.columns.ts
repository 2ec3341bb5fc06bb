import type { AccessLogRecord } from '../../../../common/contract/index.js';

type StoredField = Exclude<keyof AccessLogRecord, 'id' | 'time'>;

interface Column {
  readonly type: 'text' | 'integer' | 'json';
  /** What a row without this column means; it is not written then, which makes storing it cheaper. Absent: always written. */
  readonly usual?: string | number | null;
}

/**
 * Columns of the records, named as their fields. A field of the record that is missing here does not compile; a new one is
 * a line at the end, and files of before get the column when they are opened: their rows then have the usual value.
 */
export const RECORD_COLUMNS: { readonly [F in StoredField]: Column } = {
  /** NULL: it is the record's id. */
  requestId: { type: 'text', usual: null },
  service: { type: 'text' },
  host: { type: 'text' },
  method: { type: 'text', usual: 'GET' },
  path: { type: 'text' },
  query: { type: 'text', usual: '' },
  protocol: { type: 'text', usual: 'HTTP/1.1' },
  status: { type: 'integer' },
  dropReason: { type: 'text', usual: null },
  client: { type: 'text' },
  backend: { type: 'text' },
  attempts: { type: 'json' },
  bytesIn: { type: 'integer', usual: 0 },
  bytesOut: { type: 'integer' },
  totalUs: { type: 'integer' },
  queueUs: { type: 'integer', usual: 0 },
  connectUs: { type: 'integer', usual: 0 },
  firstByteUs: { type: 'integer' },
  affinity: { type: 'text', usual: 'none' },
  algorithm: { type: 'text' },
  userAgent: { type: 'text' },
  referer: { type: 'text', usual: '' },
  worker: { type: 'integer' },
  lane: { type: 'text', usual: 'wire' },
  generation: { type: 'integer' },
  shadowReason: { type: 'text', usual: null },
  group: { type: 'text', usual: null },
  fallbackFrom: { type: 'text', usual: null },
  decision: { type: 'json', usual: null },
  headers: { type: 'json', usual: null },
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
