import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SQLInputValue } from 'node:sqlite';
import type { LogPage, PageRequest } from '../../logging/log-store.js';
import { checkLimit, decodeCursor, encodeCursor, type LogPosition } from '../log-cursor.js';
import type { LogTableShape } from './log-columns.js';
import type { LogConditions } from './log-conditions.js';
import { LogRowCodec, idBytes, indexName, insertSql } from './log-table.js';
import type { SqliteConnection } from './sqlite.connection.js';

/** Rows of one transaction: 5 to 10 ms of this thread (measured), however long the batch. */
const APPEND_CHUNK = 250;
/** Candidate rows that one step of a query may look at: 5 to 10 ms. */
const SCAN_CHUNK = 2_500;
/** Rows that one step of the retention removes. */
const DELETE_CHUNK = 500;

/** One kind of log records in one table: appends and queries in steps, between which the thread does other work. */
export class SqliteLogStore<T extends LogPosition, Filter> {
  private readonly codec: LogRowCodec<T>;
  private readonly insert: string;

  constructor(
    private readonly connection: SqliteConnection,
    private readonly shape: LogTableShape<T>,
    private readonly conditionsOf: (filter: Filter) => LogConditions<T>,
  ) {
    this.codec = new LogRowCodec(shape);
    this.insert = insertSql(shape);
  }

  async append(records: readonly T[]): Promise<void> {
    for (let start = 0; start < records.length; start += APPEND_CHUNK) {
      if (start > 0) await nextTurn();
      await this.connection.transaction(() => {
        const insert = this.connection.statement(this.insert);
        const end = Math.min(start + APPEND_CHUNK, records.length);
        for (let index = start; index < end; index++) insert.run(...this.codec.toRow(records[index] as T));
      });
    }
  }

  async query(filter: Filter, page: PageRequest): Promise<LogPage<T>> {
    const wanted = checkLimit(page.limit) + 1;
    const after = page.cursor === undefined ? null : decodeCursor(page.cursor);
    const conditions = this.conditionsOf(filter);
    const index = await this.connection.call(() => this.chooseIndex(conditions));
    const found: T[] = [];
    let upper = after === null ? conditions.to : Math.min(conditions.to, after.time + 1);
    while (found.length < wanted && upper > conditions.from) {
      const lower = await this.connection.call(() => {
        const bound = Math.max(conditions.from, this.lowerBound(index, conditions, upper));
        const slice = { index, after, lower: bound, upper, limit: wanted - found.length };
        found.push(...this.select(conditions, slice));
        return bound;
      });
      upper = lower;
      await nextTurn();
    }
    const items = found.slice(0, page.limit);
    const last = items.at(-1);
    return { items, next: found.length < wanted || last === undefined ? null : encodeCursor(last) };
  }

  /** Removes what is older than `before` (Unix milliseconds); answers how many rows went. */
  async removeBefore(before: number): Promise<number> {
    const { name } = this.shape;
    const sql = `DELETE FROM ${name} WHERE seq IN
      (SELECT seq FROM ${name} WHERE time < ? ORDER BY time LIMIT ${DELETE_CHUNK})`;
    let removed = 0;
    for (;;) {
      const changes = await this.connection.transaction(() =>
        Number(this.connection.statement(sql).run(before).changes),
      );
      removed += changes;
      if (changes < DELETE_CHUNK) return removed;
      await nextTurn();
    }
  }

  /**
   * The index that a query walks along: the most selective field that it fixes, else the prefix when few rows have it,
   * else the time. SQLite, without statistics, would choose blindly among them.
   */
  private chooseIndex(conditions: LogConditions<T>): IndexChoice<keyof T & string> {
    const { equality, name } = this.shape;
    const field = equality.find((candidate) => conditions.equal.has(candidate));
    if (field !== undefined) return { name: indexName(this.shape, field), field, whole: false };
    const { prefix } = conditions;
    if (prefix !== null) {
      const index = indexName(this.shape, prefix.field);
      const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${name} INDEXED BY ${index}
        WHERE "${prefix.field}" >= ? AND "${prefix.field}" < ? LIMIT ${SCAN_CHUNK + 1})`;
      const row = this.connection.statement(sql).get(prefix.text, prefix.end);
      if (Number(row?.['n']) <= SCAN_CHUNK) return { name: index, field: null, whole: true };
    }
    return { name: indexName(this.shape, 'time'), field: null, whole: false };
  }

  /** The time down to which the index holds one chunk of candidates below `upper`. */
  private lowerBound(
    index: IndexChoice<keyof T & string>,
    conditions: LogConditions<T>,
    upper: number,
  ): number {
    if (index.whole) return conditions.from;
    const fixed = index.field === null ? '' : ` AND "${index.field}" = ?`;
    const sql = `SELECT time FROM ${this.shape.name} INDEXED BY ${index.name}
      WHERE time < ?${fixed} ORDER BY time DESC LIMIT 1 OFFSET ${SCAN_CHUNK}`;
    const values: SQLInputValue[] = [upper];
    if (index.field !== null) values.push(conditions.equal.get(index.field) ?? null);
    const row = this.connection.statement(sql).get(...values);
    return row === undefined ? conditions.from : Number(row['time']);
  }

  private select(conditions: LogConditions<T>, slice: Slice): T[] {
    const behind = slice.after === null ? '' : ' AND (time, id) < (?, ?)';
    const sql = `SELECT * FROM ${this.shape.name} INDEXED BY ${slice.index.name}
      WHERE time >= ? AND time < ?${conditions.sql}${behind} ORDER BY time DESC, id DESC LIMIT ?`;
    const values: SQLInputValue[] = [slice.lower, slice.upper, ...conditions.parameters];
    if (slice.after !== null) values.push(slice.after.time, idBytes(slice.after.id));
    values.push(slice.limit);
    return this.connection
      .statement(sql)
      .all(...values)
      .map((row) => this.codec.fromRow(row));
  }
}

interface IndexChoice<F> {
  readonly name: string;
  /** Fixed by equality; null: none is. */
  readonly field: F | null;
  /** The index holds so few candidates that one step takes them all. */
  readonly whole: boolean;
}

interface Slice {
  readonly index: { readonly name: string };
  readonly after: LogPosition | null;
  readonly lower: number;
  readonly upper: number;
  readonly limit: number;
}
