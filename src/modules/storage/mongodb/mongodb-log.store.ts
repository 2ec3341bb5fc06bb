import { Types, mongo, type Model } from 'mongoose';
import type { LogPage, PageRequest } from '../../logging/index.js';
import { checkLimit, decodeCursor, encodeCursor, type LogPosition } from '../log-cursor.js';
import type { LogDocument } from './documents.js';
import { modelOf, type ModelName } from './models.js';
import type { MongodbConnection } from './mongodb.connection.js';

const APPEND_DEADLINE_MS = 15_000;
const QUERY_DEADLINE_MS = 15_000;
/** The server gives up first, so that a slow query does not go on for nobody. */
const QUERY_MAX_MS = 14_000;
const DUPLICATE_KEY = 11000;

/** One kind of log records in one collection. */
export class MongodbLogStore<T extends LogPosition, Filter> {
  constructor(
    private readonly connection: MongodbConnection,
    private readonly model: ModelName,
    private readonly conditionsOf: (filter: Filter) => Record<string, unknown>[],
  ) {}

  async append(records: readonly T[]): Promise<void> {
    if (records.length === 0) return;
    const documents = records.map(toDocument);
    await this.connection.call(APPEND_DEADLINE_MS, () => this.insert(documents));
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

  /**
   * `lean`: records need no hydration and no validation (they are ours). Ids that are there already are records that an
   * earlier attempt stored.
   */
  private async insert(documents: readonly unknown[]): Promise<void> {
    try {
      await this.documents().insertMany(documents as never[], { ordered: false, lean: true });
    } catch (error) {
      if (!onlyDuplicates(error)) throw error;
    }
  }

  private documents(): Model<unknown> {
    return modelOf(this.connection.connection, this.model);
  }
}

function onlyDuplicates(error: unknown): boolean {
  if (!(error instanceof mongo.MongoBulkWriteError)) return false;
  const failures = [error.writeErrors].flat();
  const unconfirmed = error.result.getWriteConcernError() !== undefined;
  return !unconfirmed && failures.length > 0 && failures.every((failure) => failure.code === DUPLICATE_KEY);
}

function behind({ time, id }: LogPosition): Record<string, unknown>[] {
  const date = new Date(time);
  const sameTime = { time: { $eq: date }, _id: { $lt: new Types.ObjectId(id) } };
  // The first condition alone bounds the index; the second one only sorts out the same millisecond.
  return [{ time: { $lte: date } }, { $or: [{ time: { $lt: date } }, sameTime] }];
}

function toDocument<T extends LogPosition>(record: T): LogDocument<T> {
  const { id, time, ...rest } = record;
  return { _id: new Types.ObjectId(id), time: new Date(time), ...rest };
}

function fromDocument<T extends LogPosition>(document: LogDocument<T>): T {
  const { _id, time, ...rest } = document;
  return { id: _id.toHexString(), time: time.getTime(), ...rest } as unknown as T;
}
