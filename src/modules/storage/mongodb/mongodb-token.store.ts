import { mongo } from 'mongoose';
import { VelocityError } from '../../../common/errors/index.js';
import type { StoredToken, TokenStore } from '../../access/index.js';
import type { TokenDocument } from './documents.js';
import { modelOf } from './models.js';
import type { MongodbConnection } from './mongodb.connection.js';

const DEADLINE_MS = 5_000;
const DUPLICATE_KEY = 11000;

/** Tokens in the collection `tokens`, where an index keeps names unique. */
export class MongodbTokenStore implements TokenStore {
  constructor(private readonly connection: MongodbConnection) {}

  list(): Promise<readonly StoredToken[]> {
    return this.connection.call(DEADLINE_MS, async () => {
      const found = await this.documents().find().sort({ name: 1 }).toArray();
      return found.map(toToken);
    });
  }

  async create(token: StoredToken): Promise<void> {
    await this.connection.call(DEADLINE_MS, async () => {
      try {
        await this.documents().insertOne(toDocument(token));
      } catch (error) {
        if (!(error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY)) throw error;
        throw new VelocityError(
          'TOKEN_EXISTS',
          `There is a token ${token.name} already: revoke it first, or choose another name.`,
        );
      }
    });
  }

  remove(id: string): Promise<boolean> {
    return this.connection.call(DEADLINE_MS, async () => {
      const { deletedCount } = await this.documents().deleteOne({ _id: { $eq: id } });
      return deletedCount > 0;
    });
  }

  async markUsed(uses: ReadonlyMap<string, number>): Promise<void> {
    const updates = Array.from(uses, ([id, time]) => ({
      updateOne: { filter: { _id: id }, update: { $max: { lastUsedAt: new Date(time) } } },
    }));
    if (updates.length === 0) return;
    await this.connection.call(DEADLINE_MS, () => this.documents().bulkWrite(updates, { ordered: false }));
  }

  private documents(): mongo.Collection<TokenDocument> {
    return modelOf(this.connection.connection, 'Token')
      .collection as unknown as mongo.Collection<TokenDocument>;
  }
}

function toDocument({ id, createdAt, expiresAt, lastUsedAt, ...rest }: StoredToken): TokenDocument {
  return {
    _id: id,
    ...rest,
    createdAt: new Date(createdAt),
    expiresAt: dateOrNull(expiresAt),
    lastUsedAt: dateOrNull(lastUsedAt),
  };
}

function toToken({ _id, createdAt, expiresAt, lastUsedAt, ...rest }: TokenDocument): StoredToken {
  return {
    id: _id,
    ...rest,
    createdAt: createdAt.getTime(),
    expiresAt: expiresAt?.getTime() ?? null,
    lastUsedAt: lastUsedAt?.getTime() ?? null,
  };
}

function dateOrNull(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}
