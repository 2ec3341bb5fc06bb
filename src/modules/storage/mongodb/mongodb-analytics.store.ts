import { mongo } from 'mongoose';
import { latencyBucket } from '../../../common/contract/index.js';
import { VelocityError } from '../../../common/errors/index.js';
import {
  ALWAYS_COMPLETE,
  AnswerAssembler,
  MAX_PATH_CHARACTERS,
  MAX_RECORDS_READ,
  RESOLUTIONS,
  checkRows,
  coarsestWithin,
  cubeFor,
  emptySums,
  firstGroups,
  rangePieces,
  tooManyRecords,
  wholeMinutes,
  type AnalyticsAnswer,
  type AnalyticsDimension,
  type AnalyticsQuery,
  type AnalyticsStore,
  type CompleteSince,
  type Cube,
  type Resolution,
  type RollupSums,
} from '../../logging/log-store.js';
import { KEEP_ROLLUPS, keptMs, type RollupRetention } from '../retention.js';
import type { AccessLogDocument } from './documents.js';
import type { MongodbConnection } from './mongodb.connection.js';
import { recordConditions, rollupConditions } from './rollup.conditions.js';

const DEADLINE_MS = 15_000;
/** The server gives up first. */
const ROLLUPS_MAX_MS = 10_000;
const RECORDS_MAX_MS = 5_000;
const BATCH = 50_000;
const SUMS = ['requests', 'errors', 'drops', 'retries', 'bytesIn', 'bytesOut', 'totalUs'] as const;
/** What the server says of a pipeline that took too long, or too much memory. */
const TOO_MUCH = new Set<unknown>([50, 146, 292]);
const UPGRADED = 101;

/** Sums of one time and one key. */
interface Part extends RollupSums {
  readonly start: number;
  readonly key: string;
}

interface PartDocument extends Record<(typeof SUMS)[number], number> {
  readonly _id: { readonly start?: Date; readonly key?: string | number };
  /** A histogram of each roll-up. */
  readonly latency?: readonly Readonly<Record<string, number>>[];
}

/** Fields of records that sums are made of. */
type SummedRecord = Pick<
  AccessLogDocument,
  'time' | 'service' | 'backend' | 'status' | 'dropReason' | 'path' | 'client'
> &
  Pick<AccessLogDocument, 'bytesIn' | 'bytesOut' | 'totalUs'> & { readonly retries: number };

/** Answers from roll-ups: the server adds them up, but for the histograms, which it gathers and we merge. */
export class MongodbAnalyticsStore implements AnalyticsStore {
  constructor(
    private readonly connection: MongodbConnection,
    /** As in the settings of the connection: before, roll-ups may have been removed. */
    private readonly retention: RollupRetention = KEEP_ROLLUPS,
  ) {}

  async analyze(query: AnalyticsQuery): Promise<AnalyticsAnswer> {
    checkRows(query);
    const cube = cubeFor(query);
    return this.connection.call(DEADLINE_MS, () =>
      cube === null ? this.fromRecords(query) : this.fromRollups(query, cube),
    );
  }

  private async fromRollups(query: AnalyticsQuery, cube: Cube): Promise<AnalyticsAnswer> {
    const pieces = rangePieces(query, coarsestWithin(query.stepMs), this.completeSince());
    if (pieces.length === 0) return { rows: [], source: 'rollups' };
    const match = rollupConditions(cube, pieces, query.filter);
    try {
      return { rows: assemble(query, await this.parts(query, match)), source: 'rollups' };
    } catch (error) {
      throw isTooMuch(error) ? tooManyRollups() : error;
    }
  }

  /** Paths and clients are many: the groups that will be shown are looked for first. */
  private async parts(query: AnalyticsQuery, match: object): Promise<Part[]> {
    const { groupBy, stepMs, latency, order } = query;
    if (groupBy !== 'path' && groupBy !== 'client') {
      return this.sums(match, { start: '$start', key: fieldOf(groupBy) }, latency);
    }
    const isOnePass = stepMs === null && !latency;
    const totals = await this.sums(match, { key: fieldOf(groupBy) }, false, isOnePass ? SUMS : [order]);
    if (isOnePass) return totals;
    const shown = firstGroups(new Map(totals.map((total) => [total.key, total[order]])), query);
    const key = { $cond: [{ $in: [fieldOf(groupBy), { $literal: shown }] }, fieldOf(groupBy), ''] };
    return this.sums(match, { start: '$start', key }, latency);
  }

  private async sums(
    match: object,
    by: object,
    latency: boolean,
    fields: readonly (typeof SUMS)[number][] = SUMS,
  ): Promise<Part[]> {
    const sums = Object.fromEntries(fields.map((field) => [field, { $sum: `$${field}` }]));
    const gathered = latency ? { latency: { $push: '$latency' } } : {};
    const pipeline = [{ $match: match }, { $group: { _id: by, ...sums, ...gathered } }];
    const found = await this.collection('access_rollups')
      .aggregate<PartDocument>(pipeline, {
        maxTimeMS: ROLLUPS_MAX_MS,
        allowDiskUse: false,
        batchSize: BATCH,
      })
      .toArray();
    return found.map(partOf);
  }

  private async fromRecords(query: AnalyticsQuery): Promise<AnalyticsAnswer> {
    const match = recordConditions(query.filter, wholeMinutes(query));
    const options = { maxTimeMS: RECORDS_MAX_MS, allowDiskUse: false };
    try {
      const collection = this.collection('access_logs');
      const limit = MAX_RECORDS_READ + 1;
      // First, as it is cheaper to find out that they are too many than to have read them.
      if ((await collection.countDocuments(match, { ...options, limit })) === limit) {
        throw tooManyRecords(query);
      }
      const found = collection.aggregate<SummedRecord>(
        [{ $match: match }, { $limit: MAX_RECORDS_READ }, { $project: SUMMED_FIELDS }],
        { ...options, batchSize: BATCH },
      );
      const parts: Part[] = [];
      for await (const record of found) parts.push(partOfRecord(record, query.groupBy));
      return { rows: assemble(query, parts), source: 'records' };
    } catch (error) {
      throw isTooMuch(error) ? tooManyRecords(query) : error;
    }
  }

  private completeSince(): CompleteSince {
    const kept = keptMs(this.retention);
    const since = { ...ALWAYS_COMPLETE } as Record<Resolution, number>;
    for (const resolution of RESOLUTIONS) {
      if (kept[resolution] > 0) since[resolution] = Math.max(0, Date.now() - kept[resolution]);
    }
    return since;
  }

  private collection(name: string): mongo.Collection {
    return this.connection.place(name).db.collection(name);
  }
}

const SUMMED_FIELDS = {
  _id: 0,
  time: 1,
  service: 1,
  backend: 1,
  status: 1,
  dropReason: 1,
  path: 1,
  client: 1,
  bytesIn: 1,
  bytesOut: 1,
  totalUs: 1,
  retries: { $max: [0, { $subtract: [{ $size: '$attempts' }, 1] }] },
};

function fieldOf(groupBy: AnalyticsDimension | null): string {
  if (groupBy === null) return '';
  return groupBy === 'statusClass' ? '$status' : `$${groupBy}`;
}

function assemble(query: AnalyticsQuery, parts: readonly Part[]): AnalyticsAnswer['rows'] {
  const { groupBy, order } = query;
  const isClass = groupBy === 'statusClass';
  const keyed = isClass ? parts.map((part) => ({ ...part, key: classOf(part.key) })) : parts;
  const totals = new Map<string, number>();
  if (groupBy !== null) {
    for (const part of keyed) totals.set(part.key, (totals.get(part.key) ?? 0) + part[order]);
  }
  const assembler = new AnswerAssembler(query, firstGroups(totals, query));
  for (const part of keyed) assembler.add(part.start, part.key, part);
  return assembler.rows();
}

function classOf(status: string): string {
  return String(Math.floor(Number(status) / 100));
}

function partOf({ _id, latency = [], ...sums }: PartDocument): Part {
  const merged = new Map<number, number>();
  for (const histogram of latency) {
    for (const name in histogram) {
      const bucket = Number(name);
      merged.set(bucket, (merged.get(bucket) ?? 0) + histogram[name]!);
    }
  }
  const { start, key } = _id;
  return {
    ...emptySums(),
    ...sums,
    latency: merged,
    start: start?.getTime() ?? 0,
    key: String(key ?? ''),
  };
}

function partOfRecord(record: SummedRecord, groupBy: AnalyticsDimension | null): Part {
  const { time, status, dropReason, bytesIn, bytesOut, totalUs, retries } = record;
  const isTimed = status !== UPGRADED;
  return {
    start: time.getTime(),
    key: keyOf(record, groupBy),
    requests: 1,
    errors: dropReason === null && status >= 500 ? 1 : 0,
    drops: dropReason === null ? 0 : 1,
    retries,
    bytesIn,
    bytesOut,
    totalUs: isTimed ? totalUs : 0,
    latency: new Map(isTimed ? [[latencyBucket(totalUs), 1]] : []),
  };
}

function keyOf(record: SummedRecord, groupBy: AnalyticsDimension | null): string {
  if (groupBy === null) return '';
  if (groupBy === 'statusClass') return String(record.status);
  if (groupBy === 'path') return record.path.slice(0, MAX_PATH_CHARACTERS);
  return String(record[groupBy] ?? '');
}

function isTooMuch(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && TOO_MUCH.has(error.code);
}

function tooManyRollups(): VelocityError {
  return new VelocityError(
    'QUERY_TOO_LARGE',
    'The roll-ups of this range are too many to be added up at once: ask for a shorter range, a longer step, ' +
      'one service, or leave out the latency.',
  );
}
