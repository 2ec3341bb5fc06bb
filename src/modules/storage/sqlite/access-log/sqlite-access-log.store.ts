import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type AccessLogRecord,
  type EncodedRecord,
  encodeRecords,
} from '../../../../common/contract/index.js';
import {
  type AccessLogFilter,
  type AccessLogStore,
  type AnalyticsAnswer,
  type AnalyticsQuery,
  type AnalyticsStore,
  type Consignment,
  type ConsignmentStore,
  type LogPage,
  type PageRequest,
  RESOLUTIONS,
  RESOLUTION_MS,
  checkRows,
  cubeFor,
} from '../../../logging/log-store.js';
import { checkLimit, decodeCursor, encodeCursor } from '../../log-cursor.js';
import { KEEP_ROLLUPS, type RollupRetention } from '../../retention.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import { type Part, PartCatalogue } from './part.catalogue.js';
import { partTable } from './part.sql.js';
import { RecordAnalysis } from './record.analysis.js';
import { RecordInserter } from './record.inserter.js';
import { SELECTED, readRow, storedTime } from './record.rows.js';
import { RecordSearch } from './record.search.js';
import { RollupAnalysis } from './rollup.analysis.js';
import { RollupTable } from './rollup.table.js';

/** Records of one transaction, and of one index that is made behind them: 10 to 20 ms. */
const INSERT_CHUNK = 2_500;
/** Each consignment rewrites the roll-ups of its hours and days: a larger one does that for more records. */
const CONSIGNMENT_RECORDS = 20_000;
/** Rows that one step of the retention removes. */
const DELETE_CHUNK = 1_000;
/** A part that will be over so soon is removed as a whole: that costs a hundredth of removing its rows. */
const SOON_MS = 3_600_000;

export interface AccessLogStoreOptions {
  /** How long roll-ups are kept; for ever when omitted. */
  readonly rollups?: RollupRetention;
  /** Rows of a part, for tests. */
  readonly partRows?: number;
}

/**
 * The access log in an SQLite file of its own (`ACCESS_LOG_FILE`): records in tables of a stretch of time each, behind the
 * view `access_logs`, and their roll-ups. All work is done in steps of some 20 ms at most, between which this thread does
 * other work. A file of an older Velocity has its records elsewhere: `AccessLogMove` brings them here.
 */
export class SqliteAccessLogStore implements AccessLogStore, ConsignmentStore, AnalyticsStore {
  readonly maxInFlight = 1;
  readonly isAtomic = true;
  readonly takesEncoded = true;
  readonly consignmentRecords = CONSIGNMENT_RECORDS;
  private readonly parts: PartCatalogue;
  private readonly inserter: RecordInserter;
  private readonly rollups: RollupTable;
  private readonly retention: RollupRetention;

  constructor(
    private readonly connection: SqliteConnection,
    options: AccessLogStoreOptions = {},
  ) {
    this.parts = new PartCatalogue(connection, options.partRows);
    this.inserter = new RecordInserter(connection, this.parts);
    this.rollups = new RollupTable(connection);
    this.retention = options.rollups ?? KEEP_ROLLUPS;
  }

  /** Commits as the file does: what is acknowledged survives the process, and the loss of power after `settle`. */
  async deliver(consignment: Consignment, before?: Promise<void>): Promise<void> {
    const { source, sequence, rollups } = consignment;
    await before;
    if (await this.connection.call(() => this.lastSequence(source) >= sequence)) return;
    const encoded = encodeRecords(consignment.records);
    const records = consignment.encoded === undefined ? encoded : encoded.concat(consignment.encoded);
    const last = Math.max(0, Math.ceil(records.length / INSERT_CHUNK) - 1) * INSERT_CHUNK;
    await this.insert(records, last);
    await this.write(() => {
      // Another process may have delivered it while we took over from it.
      if (this.lastSequence(source) >= sequence) return;
      this.inserter.insert(records, last, records.length);
      this.rollups.add(rollups);
      const sql = `INSERT INTO consignments VALUES (?, ?)
        ON CONFLICT (source) DO UPDATE SET sequence = excluded.sequence`;
      this.connection.run(sql, source, sequence);
    });
    await this.makeIndex();
  }

  settle(): Promise<void> {
    return this.connection.synced(() => this.connection.touch());
  }

  async append(records: readonly AccessLogRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.insert(encodeRecords(records), records.length);
    await this.settle();
  }

  async query(filter: AccessLogFilter, page: PageRequest): Promise<LogPage<AccessLogRecord>> {
    const wanted = checkLimit(page.limit) + 1;
    const after = page.cursor === undefined ? null : decodeCursor(page.cursor);
    const search = new RecordSearch(this.connection, filter, after);
    const from = storedTime(filter.from ?? 0);
    const to = storedTime(filter.to ?? Number.MAX_SAFE_INTEGER);
    const found: AccessLogRecord[] = [];
    let upper = after === null ? to : Math.min(to, after.time + 1);
    while (found.length < wanted && upper > from) {
      upper = await this.connection.call(() => {
        const step = this.searchStep(search, [from, upper], wanted - found.length);
        found.push(...step.found);
        return step.lower;
      });
      await nextTurn();
    }
    const items = found.slice(0, page.limit);
    const last = items.at(-1);
    return { items, next: found.length < wanted || last === undefined ? null : encodeCursor(last) };
  }

  async analyze(query: AnalyticsQuery): Promise<AnalyticsAnswer> {
    checkRows(query);
    const cube = cubeFor(query);
    const { connection, parts } = this;
    if (cube === null) return new RecordAnalysis({ connection, parts }, query).answer();
    const complete = this.completeSince(Date.now());
    return new RollupAnalysis({ connection, table: this.rollups }, query, cube, complete).answer();
  }

  /** Removes records that are older than `before` (Unix milliseconds); answers how many went. */
  async removeBefore(before: number): Promise<number> {
    let removed = 0;
    for (;;) {
      const step = await this.write(() => this.removeStep(before));
      removed += step.removed;
      if (step.isDone) return removed;
      await nextTurn();
    }
  }

  /** Removes roll-ups that are over their time at `now`. */
  async removeRollups(now: number): Promise<void> {
    const complete = this.completeSince(now);
    for (const resolution of RESOLUTIONS) {
      if (complete[resolution] === 0) continue;
      while (!(await this.write(() => this.rollups.removeBefore(resolution, complete[resolution])))) {
        await nextTurn();
      }
    }
  }

  /** Has what comes from `time` on in a part of its own, so that older records may follow in their order. */
  async beginPart(time: number): Promise<void> {
    await this.write(() => {
      const last = this.parts.all().at(-1)!;
      if (last.start < time) this.parts.begin(time);
    });
  }

  /** Makes what is left to be made of indexes, one; answers whether there was any. */
  makeIndex(): Promise<boolean> {
    return this.write(() => this.parts.makeIndex());
  }

  private async insert(records: readonly EncodedRecord[], count: number): Promise<void> {
    for (let start = 0; start < count; start += INSERT_CHUNK) {
      await this.write(() => this.inserter.insert(records, start, Math.min(start + INSERT_CHUNK, count)));
      await nextTurn();
      if (await this.makeIndex()) await nextTurn();
    }
  }

  /** A transaction on what the file has now; after a failure all that was known of it is read anew. */
  private async write<T>(action: () => T): Promise<T> {
    try {
      return await this.connection.transaction(() => {
        if (this.parts.refresh()) this.rollups.forget();
        return action();
      });
    } catch (error) {
      this.parts.forget();
      this.rollups.forget();
      throw error;
    }
  }

  private searchStep(search: RecordSearch, [from, upper]: readonly [number, number], limit: number) {
    this.parts.refresh();
    const part = this.parts.before(upper);
    const lowest = Math.max(from, part.start);
    const way = search.wayThrough(part);
    const lower = search.lowerBound(way, lowest, upper);
    const found = search.select(way, SELECTED, [lower, upper], limit).map(readRow);
    // Within a millisecond rows lie in no order that means anything.
    found.sort((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1));
    return { found, lower };
  }

  private removeStep(before: number): { readonly removed: number; readonly isDone: boolean } {
    const [first, second] = this.parts.all() as [Part, ...Part[]];
    if (second !== undefined && first.end <= before) {
      return { removed: this.parts.drop(first), isDone: false };
    }
    if (first.end <= before + SOON_MS) return { removed: 0, isDone: true };
    this.parts.cut(first);
    const table = partTable(first.number);
    const sql = `DELETE FROM ${table} WHERE seq IN
      (SELECT seq FROM ${table} WHERE seq < (? << 20) ORDER BY seq LIMIT ${DELETE_CHUNK})`;
    const removed = this.connection.run(sql, storedTime(before));
    this.parts.removed(first, removed);
    return { removed, isDone: removed < DELETE_CHUNK };
  }

  /** Of what was delivered last; 0: nothing was. */
  sequenceOf(source: string): Promise<number> {
    return this.connection.call(() => this.lastSequence(source));
  }

  private lastSequence(source: string): number {
    const sql = 'SELECT sequence FROM consignments WHERE source = ?';
    return Number(this.connection.statement(sql).get(source)?.['sequence'] ?? 0);
  }

  private completeSince(now: number) {
    const since = (ms: number, unit: number) =>
      ms === 0 ? 0 : Math.max(0, Math.ceil((now - ms) / unit) * unit);
    const { minutesMs, hoursMs, daysMs } = this.retention;
    return {
      minute: since(minutesMs, RESOLUTION_MS.minute),
      hour: since(hoursMs, RESOLUTION_MS.hour),
      day: since(daysMs, RESOLUTION_MS.day),
    };
  }
}
