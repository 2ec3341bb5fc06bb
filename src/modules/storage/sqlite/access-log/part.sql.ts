import { COLUMN_NAMES, columnSql } from './record.columns.js';

/**
 * `seq` is the time in milliseconds, then 20 bits of the id: rows lie in the order of time, and every index ends with it
 * without a column more.
 */
export const SLOTS = 0x10_0000;

/** What a part is searched by. They are made when the part is full: in bulk that is ten times as cheap. */
export const PART_INDEXES = {
  request: `(ifnull(requestId, id))`,
  client: '(client)',
  path: '(path)',
  backend: '(backend)',
  service: '(service)',
  status: '(status) WHERE status <> 200',
  method: `(method) WHERE method <> 'GET'`,
  dropReason: '(dropReason) WHERE dropReason IS NOT NULL',
} as const;
export type PartIndex = keyof typeof PART_INDEXES;

export const PART_INDEX_NAMES = Object.keys(PART_INDEXES) as PartIndex[];

export function partTable(number: number): string {
  return `access_log_${number}`;
}

export function indexName(number: number, index: PartIndex): string {
  return `${partTable(number)}_${index}`;
}

export function createPartSql(number: number): string {
  const columns = COLUMN_NAMES.map(columnSql).join(', ');
  return `CREATE TABLE ${partTable(number)} (seq INTEGER PRIMARY KEY, id BLOB NOT NULL, ${columns}) STRICT`;
}

export function createIndexSql(number: number, index: PartIndex): string {
  return `CREATE INDEX ${indexName(number, index)} ON ${partTable(number)} ${PART_INDEXES[index]}`;
}

/** Parts that the view shows, the newest: SQLite takes no more than 500 in one. */
const PARTS_IN_VIEW = 400;

/** `access_logs` for people with a shell: all parts as one table, with the time and the ids as everybody else has them. */
export function viewSql(numbers: readonly number[]): string {
  const plain = COLUMN_NAMES.filter((name) => name !== 'requestId').map((name) => `"${name}"`);
  const select = (number: number) =>
    `SELECT seq >> 20 AS time, lower(hex(id)) AS id, ifnull(requestId, lower(hex(id))) AS requestId, ` +
    `${plain.join(', ')} FROM ${partTable(number)}`;
  return `CREATE VIEW access_logs AS ${numbers.slice(-PARTS_IN_VIEW).map(select).join(' UNION ALL ')}`;
}
