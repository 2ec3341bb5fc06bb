import type { SQLInputValue } from 'node:sqlite';
import type { AccessLogFilter } from '../../../logging/log-store.js';
import type { LogPosition } from '../../log-cursor.js';
import { afterPrefix } from '../../prefix-range.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import type { Part } from './part.catalogue.js';
import { type PartIndex, indexName, partTable } from './part.sql.js';
import { ID_SQL, MARKED_ROWS, Mark } from './record.columns.js';
import { idBytes } from './record.rows.js';

/** Candidate rows that one step of a search may look at: 3 to 10 ms. */
export const SCAN_CHUNK = 8_000;
/** So few that a step sorts them all. */
const SORT_CHUNK = 2_000;
const RECORD_ID = /^[0-9a-f]{24}$/;

interface Term {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
  /** Which may find it: its rows lie in the order of time there when the term is an equality. */
  readonly index: PartIndex | null;
  readonly isEquality: boolean;
}

/** The terms of a filter, the most selective index first. The time is apart. */
function termsOf(filter: AccessLogFilter): Term[] {
  const {
    requestId,
    client,
    pathPrefix,
    dropReason,
    dropped,
    backend,
    status,
    statusClass,
    method,
    service,
  } = filter;
  const terms: Term[] = [];
  const add = (sql: string, values: SQLInputValue[], index: PartIndex | null, isEquality = true) =>
    terms.push({ sql, values, index, isEquality });
  if (requestId !== undefined) {
    if (RECORD_ID.test(requestId)) terms.push(ownIdTerm(requestId));
    else add('requestId = ?', [requestId], 'request');
  }
  if (client !== undefined) add('client = ?', [client], 'client');
  if (pathPrefix !== undefined && pathPrefix !== '') {
    const end = afterPrefix(pathPrefix);
    if (end === null) add('path >= ?', [pathPrefix], 'path', false);
    else add('path >= ? AND path < ?', [pathPrefix, end], 'path', false);
  }
  if (dropReason !== undefined) add('dropReason = ? AND dropReason IS NOT NULL', [dropReason], 'dropReason');
  if (backend !== undefined) add('backend = ?', [backend], 'backend', false);
  if (status === 200) add('status = 200', [], null);
  else if (status !== undefined) add('status = ? AND status <> 200', [status], 'status');
  if (method === 'GET') add('method IS NULL', [], null);
  else if (method !== undefined) add('method = ?', [method], 'method');
  if (statusClass === 2) add('status >= 200 AND status < 300', [], null);
  else if (statusClass !== undefined) {
    const from = statusClass * 100;
    add('status >= ? AND status < ? AND status <> 200', [from, from + 100], 'status', false);
  }
  if (dropped === true) add('dropReason IS NOT NULL', [], 'dropReason', false);
  if (dropped === false) add('dropReason IS NULL', [], null);
  if (service !== undefined) add('service = ?', [service], 'service', false);
  return terms;
}

/** A record's id tells its second; and it may be what a client has called its request. */
function ownIdTerm(id: string): Term {
  const time = Number.parseInt(id.slice(0, 8), 16) * 1000;
  return {
    sql: `(requestId = ? OR (seq >= (? << 20) AND seq < (? << 20) AND requestId IS NULL AND ${ID_SQL} = ?))`,
    values: [id, time, time + 1000, idBytes(id)],
    index: 'request',
    isEquality: false,
  };
}

/** How a part is gone through. */
export interface Way {
  readonly part: Part;
  /** For `FROM`. */
  readonly source: string;
  /** What fixes the candidates, to be found in their order of time; null: all rows are. */
  readonly equality: Term | null;
  /** There are so few candidates that one step takes them all. */
  readonly isWhole: boolean;
  /** A condition more, for an index of marked rows. */
  readonly marks: string;
}

/** A filter on one table after the other. Within `call` of the connection. */
export class RecordSearch {
  private readonly terms: readonly Term[];
  private readonly where: string;
  private readonly values: readonly SQLInputValue[];

  constructor(
    private readonly connection: SqliteConnection,
    filter: AccessLogFilter,
    /** Only what comes behind it, newest first. */
    after: LogPosition | null = null,
  ) {
    this.terms = termsOf(filter);
    const conditions = this.terms.map(({ sql }) => ` AND ${sql}`).join('');
    this.where = after === null ? conditions : `${conditions} AND (seq < (? << 20) OR ${ID_SQL} < ?)`;
    const values = this.terms.flatMap((term) => term.values);
    this.values = after === null ? values : [...values, after.time, idBytes(after.id)];
  }

  wayThrough(part: Part): Way {
    const usable = this.terms.filter(({ index }) => index !== null && part.indexes.has(index));
    for (const term of usable) {
      const mark = term.index === 'service' || term.index === 'backend' ? Mark[term.index] : 0;
      const table = partTable(part.number);
      // SQLite combines two ways itself for an id.
      const source =
        term.index === 'request' ? table : `${table} INDEXED BY ${indexName(part.number, term.index!)}`;
      if (term.isEquality) return { part, source, equality: term, isWhole: false, marks: '' };
      const marks = mark === 0 ? '' : ` AND marks & ${mark}`;
      // With fewer marked rows than may be marked all rows of the name are.
      const limit = mark === 0 ? SORT_CHUNK + 1 : MARKED_ROWS;
      const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${source} WHERE ${term.sql}${marks} LIMIT ${limit})`;
      const row = this.connection.statement(sql).get(...term.values);
      if (Number(row?.['n']) < limit) return { part, source, equality: null, isWhole: true, marks };
    }
    return {
      part,
      source: `${partTable(part.number)} NOT INDEXED`,
      equality: null,
      isWhole: false,
      marks: '',
    };
  }

  /** The time down to which there is one chunk of candidates below `upper`. */
  lowerBound(way: Way, lowest: number, upper: number): number {
    if (way.isWhole) return lowest;
    const fixed = way.equality === null ? '' : ` AND ${way.equality.sql}`;
    const sql = `SELECT seq >> 20 AS time FROM ${way.source}
      WHERE seq < (? << 20)${fixed} ORDER BY seq DESC LIMIT 1 OFFSET ${SCAN_CHUNK}`;
    const row = this.connection.statement(sql).get(upper, ...(way.equality?.values ?? []));
    // One millisecond may have more than a chunk: a step goes on in any case.
    return row === undefined ? lowest : Math.max(lowest, Math.min(Number(row['time']), upper - 1));
  }

  /** The first rows between two times, the latest first, and all others of the last one's millisecond. */
  select(way: Way, columns: string, [lower, upper]: readonly [number, number], limit: number) {
    const rows = this.rows(way, columns, [lower, upper], limit);
    if (rows.length < limit) return rows;
    const time = Number(rows.at(-1)?.['time']);
    const before = rows.findLastIndex((row) => row['time'] !== time);
    rows.length = before + 1;
    rows.push(...this.rows(way, columns, [time, time + 1], -1));
    return rows;
  }

  private rows(way: Way, columns: string, [lower, upper]: readonly [number, number], limit: number) {
    // Without an index of its own the planner would go through the times rather than to the few rows.
    const seq = way.isWhole ? '+seq' : 'seq';
    const sql = `SELECT ${columns} FROM ${way.source}
      WHERE ${seq} >= (? << 20) AND ${seq} < (? << 20)${way.marks}${this.where} ORDER BY ${seq} DESC LIMIT ?`;
    return this.connection.statement(sql).all(lower, upper, ...this.values, limit);
  }
}
