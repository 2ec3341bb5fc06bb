import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SQLOutputValue } from 'node:sqlite';
import { latencyBucket } from '../../../../common/contract/index.js';
import {
  type AccessLogFilter,
  type AnalyticsAnswer,
  type AnalyticsQuery,
  AnswerAssembler,
  MAX_PATH_CHARACTERS,
  MAX_RECORDS_READ,
  type RollupSums,
  addSums,
  emptySums,
  firstGroups,
  tooManyRecords,
  wholeMinutes,
} from '../../../logging/log-store.js';
import type { SqliteConnection } from '../sqlite.connection.js';
import type { PartCatalogue } from './part.catalogue.js';
import { RecordSearch, SCAN_CHUNK } from './record.search.js';

const COLUMNS =
  `seq >> 20 AS time, service, backend, status, dropReason, ifnull(method, 'GET') AS method, path, client, ` +
  'bytesIn, bytesOut, totalUs, attempts';
const UPGRADED = 101;

type Row = Readonly<Record<string, SQLOutputValue>>;

/** Answers what no cube can from the records themselves, the latest first, in steps. */
export class RecordAnalysis {
  private readonly search: RecordSearch;
  private readonly path: string | undefined;
  /** By group, then by the start of the bucket. */
  private readonly groups = new Map<string, Map<number, RollupSums>>();
  private examined = 0;

  constructor(
    private readonly source: { readonly connection: SqliteConnection; readonly parts: PartCatalogue },
    private readonly query: AnalyticsQuery,
  ) {
    const { path, ...rest } = query.filter;
    this.path = path?.slice(0, MAX_PATH_CHARACTERS);
    const filter: AccessLogFilter = this.path === undefined ? rest : { ...rest, pathPrefix: this.path };
    this.search = new RecordSearch(source.connection, filter);
  }

  async answer(): Promise<AnalyticsAnswer> {
    const { from, to } = wholeMinutes(this.query);
    let upper = to;
    while (upper > from) {
      upper = await this.source.connection.call(() => this.step(from, upper));
      if (this.examined > MAX_RECORDS_READ) throw tooManyRecords(this.query);
      await nextTurn();
    }
    return { rows: this.assembled(), source: 'records' };
  }

  /** Answers the time down to which all is read. */
  private step(from: number, upper: number): number {
    this.source.parts.refresh();
    const part = this.source.parts.before(upper);
    const lowest = Math.max(from, part.start);
    const way = this.search.wayThrough(part);
    const lower = this.search.lowerBound(way, lowest, upper);
    const rows = this.search.select(way, COLUMNS, [lower, upper], -1);
    for (const row of rows) this.count(row);
    this.examined += lower > lowest ? SCAN_CHUNK : rows.length;
    return lower;
  }

  private count(row: Row): void {
    const path = String(row['path']).slice(0, MAX_PATH_CHARACTERS);
    if (this.path !== undefined && path !== this.path) return;
    const { stepMs } = this.query;
    const time = Number(row['time']);
    const start = stepMs === null ? 0 : Math.floor(time / stepMs) * stepMs;
    const key = this.keyOf(row, path);
    let buckets = this.groups.get(key);
    if (buckets === undefined) {
      buckets = new Map();
      this.groups.set(key, buckets);
    }
    let sums = buckets.get(start);
    if (sums === undefined) {
      sums = emptySums();
      buckets.set(start, sums);
    }
    addRow(sums, row);
  }

  private keyOf(row: Row, path: string): string {
    const { groupBy } = this.query;
    if (groupBy === null) return '';
    if (groupBy === 'path') return path;
    if (groupBy === 'statusClass') return String(Math.floor(Number(row['status']) / 100));
    return String(row[groupBy] ?? '');
  }

  private assembled() {
    const totals = new Map<string, number>();
    for (const [key, buckets] of this.groups) {
      const total = emptySums();
      for (const sums of buckets.values()) addSums(total, sums, false);
      totals.set(key, total[this.query.order]);
    }
    const groups = this.query.groupBy === null ? [] : firstGroups(totals, this.query);
    const assembler = new AnswerAssembler(this.query, groups);
    for (const [key, buckets] of this.groups) {
      for (const [start, sums] of buckets) assembler.add(start, key, sums);
    }
    return assembler.rows();
  }
}

function addRow(sums: RollupSums, row: Row): void {
  const status = Number(row['status']);
  sums.requests++;
  if (row['dropReason'] !== null) sums.drops++;
  else if (status >= 500) sums.errors++;
  sums.retries += Math.max(0, Number(row['attempts']) - 1);
  sums.bytesIn += Number(row['bytesIn']);
  sums.bytesOut += Number(row['bytesOut']);
  if (status === UPGRADED) return;
  const totalUs = Number(row['totalUs']);
  const bucket = latencyBucket(totalUs);
  sums.totalUs += totalUs;
  sums.latency.set(bucket, (sums.latency.get(bucket) ?? 0) + 1);
}
