import { Types, type Model } from 'mongoose';
import type { LogPage, PageRequest } from '../../logging/log-store.js';
import { checkLimit, decodeCursor, encodeCursor, type LogPosition } from '../log-cursor.js';
import { BulkWrites } from './bulk.writes.js';
import type { LogDocument } from './documents.js';
import { modelOf, type ModelName } from './models.js';
import type { MongodbConnection } from './mongodb.connection.js';

const APPEND_DEADLINE_MS = 15_000;
const QUERY_DEADLINE_MS = 15_000;
/** The server gives up first, so that a slow query does not go on for nobody. */
const QUERY_MAX_MS = 14_000;

/** One kind of log records in one collection. */
export class MongodbLogStore<T extends LogPosition, Filter> {
  private readonly writes = new BulkWrites();

  constructor(
    protected readonly connection: MongodbConnection,
    private readonly model: ModelName,
    private readonly conditionsOf: (filter: Filter) => Record<string, unknown>[],
  ) {}

  /** Ids that are there already are records that an earlier attempt stored. */
  async append(records: readonly T[]): Promise<void> {
    if (records.length === 0) return;
    const { collectionName } = this.documents().collection;
    await this.connection.call(APPEND_DEADLINE_MS, () =>
      this.writes.insert(this.connection.place(collectionName), records),
    );
  }

  query(filter: Filter, page: PageRequest): Promise<LogPage<T>> {
    return this.connection.call(QUERY_DEADLINE_MS, async () => {
      const limit = checkLimit(page.limit);
      const conditions = this.conditionsOf(filter);
      if (page.cursor !== undefined) conditions.push(...behind(decodeCursor(page.cursor)));
      const found = await this.documents()
        .find(conditions.length === 0 ? {} : { $and: conditions })
        .sort({ time: -1, _id: -1 })
        .limit(limit + 1)
        .maxTimeMS(QUERY_MAX_MS)
        .lean<LogDocument<T>[]>()
        .exec();
      const items = found.slice(0, limit).map((document) => fromDocument<T>(document));
      const last = items.at(-1);
      return { items, next: found.length <= limit || last === undefined ? null : encodeCursor(last) };
    });
  }

  private documents(): Model<unknown> {
    return modelOf(this.connection.connection, this.model);
  }
}

function behind({ time, id }: LogPosition): Record<string, unknown>[] {
  const date = new Date(time);
  const sameTime = { time: { $eq: date }, _id: { $lt: new Types.ObjectId(id) } };
  // The first condition alone bounds the index; the second one only sorts out the same millisecond.
  return [{ time: { $lte: date } }, { $or: [{ time: { $lt: date } }, sameTime] }];
}

function fromDocument<T extends LogPosition>(document: LogDocument<T>): T {
  const { _id, time, ...rest } = document;
  return { id: _id.toHexString(), time: time.getTime(), ...rest } as unknown as T;
}
