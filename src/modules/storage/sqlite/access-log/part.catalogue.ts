import type { EncodedRecord } from '../../../../common/contract/index.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { replaceView } from './access-log.schema.js';
import { MARKED_ROWS, Mark } from './record.columns.js';
import {
  MARK_INDEXES,
  PART_INDEX_NAMES,
  type PartIndex,
  createIndexSql,
  createPartSql,
  indexName,
  partTable,
} from './part.sql.js';

/** Rows of a part: the indexes of one are made in 20 to 40 ms each, and going through it takes 30 ms. */
const PART_ROWS = 65_536;
/** With so many of them parts become twice as large: their number stays bounded. */
const PARTS_OF_A_SIZE = 100;

/** A table with the records of one stretch of time. */
export interface Part {
  readonly number: number;
  /** Unix milliseconds, inclusive; 0 for the first part. */
  readonly start: number;
  /** Exclusive; Infinity: the last part. */
  readonly end: number;
  /** Those that it has. */
  readonly indexes: Set<PartIndex>;
  /** Rows of it were removed: marks say nothing any more. */
  isCut: boolean;
}

interface Fill {
  rows: number;
  /** Time of the latest record; -1: there is none. */
  last: number;
  /** Marked rows of each service and backend, of those that were added since this was read. */
  readonly services: Map<string | null, number>;
  readonly backends: Map<string | null, number>;
}

/**
 * The parts of the access log, in the order of their times. A record's part is told by its time alone, and never changes: a
 * full part is followed by one that starts behind its latest record. All methods run within `call` or `transaction` of
 * the connection.
 */
export class PartCatalogue {
  private parts: Part[] = [];
  private readonly fills = new Map<number, Fill>();
  private version = -1;

  constructor(
    private readonly connection: SqliteConnection,
    private readonly partRows = PART_ROWS,
  ) {
    connection.onChange(() => this.forget());
  }

  /** What is known may not be what the file has: after a failure, or another file. */
  forget(): void {
    this.version = -1;
  }

  /** Of another process too: it may write to the file while we take over from it. Answers whether anything changed. */
  refresh(): boolean {
    const row = this.connection.statement('PRAGMA data_version').get();
    const version = Number(row?.['data_version']);
    if (version === this.version) return false;
    this.fills.clear();
    this.load();
    this.version = version;
    return true;
  }

  all(): readonly Part[] {
    return this.parts;
  }

  /** The part with the latest records before a time. */
  before(time: number): Part {
    return this.parts.findLast(({ start }) => start < time) ?? this.parts[0]!;
  }

  /** The part of a record; a new one when that is full. Count what is stored there with `added`. */
  partFor(time: number): Part {
    const latest = this.parts.at(-1)!;
    const part =
      latest.start <= time ? latest : (this.parts.findLast(({ start }) => start <= time) ?? this.parts[0]!);
    const fill = this.fillOf(part);
    const limit = this.partRows * 2 ** Math.floor(this.parts.length / PARTS_OF_A_SIZE);
    return fill.rows >= limit && time > fill.last ? this.begin(fill.last + 1) : part;
  }

  /** Answers the marks of the row. */
  added(part: Part, time: number, { service, backend }: EncodedRecord): number {
    const fill = this.fillOf(part);
    fill.rows++;
    if (time > fill.last) fill.last = time;
    return mark(fill.services, service, Mark.service) | mark(fill.backends, backend, Mark.backend);
  }

  /** A new part for what comes from this time on. */
  begin(start: number): Part {
    const number = 1 + Math.max(...this.parts.map((part) => part.number));
    this.connection.run('INSERT INTO access_log_parts (number, start) VALUES (?, ?)', number, start);
    this.connection.exec(createPartSql(number));
    this.load();
    this.replaceView();
    return this.parts.find((part) => part.number === number)!;
  }

  /** Makes one index of a full part that lacks it, if there is any; answers whether there was. */
  makeIndex(): boolean {
    for (const part of this.parts) {
      if (part.end === Infinity) continue;
      const missing = PART_INDEX_NAMES.find(
        (index) => !part.indexes.has(index) && !(part.isCut && MARK_INDEXES.includes(index)),
      );
      if (missing === undefined) continue;
      this.connection.exec(createIndexSql(part.number, missing));
      part.indexes.add(missing);
      return true;
    }
    return false;
  }

  /** Removes a whole part; answers how many rows it had. There must be another one. */
  drop({ number }: Part): number {
    const row = this.connection.statement(`SELECT count(*) AS n FROM ${partTable(number)}`).get();
    this.connection.run('DELETE FROM access_log_parts WHERE number = ?', number);
    this.load();
    this.replaceView();
    this.connection.exec(`DROP TABLE ${partTable(number)}`);
    this.fills.delete(number);
    return Number(row?.['n']);
  }

  /** Before rows of a part are removed. */
  cut(part: Part): void {
    if (part.isCut) return;
    this.connection.run('UPDATE access_log_parts SET isCut = 1 WHERE number = ?', part.number);
    for (const index of MARK_INDEXES) {
      this.connection.exec(`DROP INDEX IF EXISTS ${indexName(part.number, index)}`);
      part.indexes.delete(index);
    }
    part.isCut = true;
  }

  /** Rows of a part were removed. */
  removed(part: Part, rows: number): void {
    const fill = this.fills.get(part.number);
    if (fill !== undefined) fill.rows -= rows;
  }

  private replaceView(): void {
    replaceView(
      this.connection,
      this.parts.map(({ number }) => number),
    );
  }

  private load(): void {
    const made = new Set(
      this.connection
        .statement(`SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'access_log_%'`)
        .all()
        .map((row) => String(row['name'])),
    );
    const rows = this.connection
      .statement('SELECT number, start, isCut FROM access_log_parts ORDER BY start')
      .all();
    this.parts = rows.map((row, index) => {
      const number = Number(row['number']);
      return {
        number,
        // Of the first part all of before may have been removed.
        start: index === 0 ? 0 : Number(row['start']),
        end: Number(rows[index + 1]?.['start'] ?? Infinity),
        isCut: row['isCut'] !== 0,
        indexes: new Set(PART_INDEX_NAMES.filter((name) => made.has(indexName(number, name)))),
      };
    });
  }

  private fillOf({ number }: Part): Fill {
    let fill = this.fills.get(number);
    if (fill === undefined) {
      const sql = `SELECT count(*) AS n, max(seq) >> 20 AS last FROM ${partTable(number)}`;
      const row = this.connection.statement(sql).get();
      fill = {
        rows: Number(row?.['n']),
        last: Number(row?.['last'] ?? -1),
        services: new Map(),
        backends: new Map(),
      };
      this.fills.set(number, fill);
    }
    return fill;
  }
}

function mark(marked: Map<string | null, number>, name: string | null, bit: number): number {
  if (name === null) return 0;
  const count = marked.get(name) ?? 0;
  if (count >= MARKED_ROWS) return 0;
  marked.set(name, count + 1);
  return bit;
}
