import { COLUMN_NAMES, ID_SQL, Mark, RECORD_COLUMNS } from './record.columns.js';

/**
 * `seq` is the time in milliseconds, then 20 bits of the id: rows lie in the order of time, and every index ends with it
 * without a column more.
 */
export const SLOTS = 0x10_0000;

/**
 * What a part is searched by. They are made when the part is full: in bulk that is ten times as cheap. Ids of records need
 * none, as they tell the second.
 */
export const PART_INDEXES = {
  request: '(requestId) WHERE requestId IS NOT NULL',
  client: '(client)',
  path: '(path)',
  backend: `(backend) WHERE marks & ${Mark.backend}`,
  service: `(service) WHERE marks & ${Mark.service}`,
  status: '(status) WHERE status <> 200',
  method: '(method) WHERE method IS NOT NULL',
  dropReason: '(dropReason) WHERE dropReason IS NOT NULL',
} as const;
export type PartIndex = keyof typeof PART_INDEXES;

export const PART_INDEX_NAMES = Object.keys(PART_INDEXES) as PartIndex[];
/** Those that say nothing about a part of which rows were removed. */
export const MARK_INDEXES: readonly PartIndex[] = ['backend', 'service'];

export function partTable(number: number): string {
  return `access_log_${number}`;
}

export function indexName(number: number, index: PartIndex): string {
  return `${partTable(number)}_${index}`;
}

export function createPartSql(number: number): string {
  const columns = COLUMN_NAMES.map((name) => `${name} ${RECORD_COLUMNS[name]}`).join(', ');
  return `CREATE TABLE ${partTable(number)} (seq INTEGER PRIMARY KEY, ${columns}) STRICT`;
}

export function createIndexSql(number: number, index: PartIndex): string {
  return `CREATE INDEX ${indexName(number, index)} ON ${partTable(number)} ${PART_INDEXES[index]}`;
}

/** Parts that the view shows, the newest: SQLite takes no more than 500 in one. */
const PARTS_IN_VIEW = 400;

/** `access_logs` for people with a shell: all parts as one table, with the time and the ids as everybody else has them. */
export function viewSql(numbers: readonly number[]): string {
  const select = (number: number) =>
    `SELECT seq >> 20 AS time, lower(hex(${ID_SQL})) AS id, ifnull(requestId, lower(hex(${ID_SQL}))) AS requestId, ` +
    `service, ifnull(method, 'GET') AS method, path, status, dropReason, client, backend, attempts, bytesIn, ` +
    `bytesOut, totalUs, record FROM ${partTable(number)}`;
  return `CREATE VIEW access_logs AS ${numbers.slice(-PARTS_IN_VIEW).map(select).join(' UNION ALL ')}`;
}
