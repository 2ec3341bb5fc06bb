import type { mongo } from 'mongoose';
import type { BanStore, ReadBans, StoredBan } from '../../bans/index.js';
import type { BanDocument } from './documents.js';
import { modelOf } from './models.js';
import type { MongodbConnection } from './mongodb.connection.js';

/** Of a write; a reading looks so far back as well, so that a write that took its time is not missed. */
const DEADLINE_MS = 5_000;
const READ_DEADLINE_MS = 10_000;

/** Bans in the collection `bans`. `changedAt` is set by the server, so that the clocks of balancers need not agree. */
export class MongodbBanStore implements BanStore {
  constructor(private readonly connection: MongodbConnection) {}

  read(since: number | null): Promise<ReadBans> {
    return this.connection.call(READ_DEADLINE_MS, async () => {
      const mark = (await this.serverTime()) - DEADLINE_MS;
      const filter = since === null ? {} : { changedAt: { $gte: new Date(since) } };
      return { bans: (await this.documents().find(filter).toArray()).map(toBan), mark };
    });
  }

  async put(bans: readonly StoredBan[], now: number): Promise<void> {
    if (bans.length === 0) return;
    const writes = bans.map((ban) => ({
      updateOne: { filter: { _id: ban.id }, update: strengthening(ban, now), upsert: true },
    }));
    await this.connection.call(DEADLINE_MS, () => this.documents().bulkWrite(writes, { ordered: false }));
  }

  async lift(ids: readonly string[], now: number): Promise<void> {
    const at = new Date(now);
    const lifted = { $set: { expiresAt: at, isLifted: true, offences: 0, changedAt: '$$NOW' } };
    const live = { isLifted: false, $or: [{ expiresAt: null }, { expiresAt: { $gt: at } }] };
    await this.connection.call(DEADLINE_MS, () =>
      this.documents().updateMany({ _id: { $in: [...ids] }, ...live }, [lifted]),
    );
  }

  /** The index on `expiresAt` does it. */
  async forget(): Promise<void> {}

  private async serverTime(): Promise<number> {
    const hello = await this.connection.connection.db!.command({ hello: 1 });
    return (hello['localTime'] as Date).getTime();
  }

  private documents(): mongo.Collection<BanDocument> {
    return modelOf(this.connection.connection, 'Ban').collection as unknown as mongo.Collection<BanDocument>;
  }
}

/** The rule of `strengthened` as an update, so that the server does it atomically. */
function strengthening(ban: StoredBan, now: number): mongo.Document[] {
  const { id: _id, createdAt, expiresAt, ...rest } = ban;
  const end = expiresAt === null ? null : new Date(expiresAt);
  const next = {
    $mergeObjects: ['$$ROOT', { $literal: { ...rest, createdAt: new Date(createdAt), expiresAt: end } }],
  };
  const { note, author, origin, rule, offences } = ban;
  const words = { $literal: { note, author, origin, rule, offences } };
  const keepsWords = origin === 'rule' ? { $eq: ['$origin', 'api'] } : false;
  const latest = end === null ? null : { $max: ['$expiresAt', end] };
  const longer = { expiresAt: { $cond: [{ $eq: ['$expiresAt', null] }, null, latest] } };
  const isLive = {
    $and: [
      { $eq: ['$isLifted', false] },
      { $or: [{ $eq: ['$expiresAt', null] }, { $gt: ['$expiresAt', new Date(now)] }] },
    ],
  };
  const stronger = { $mergeObjects: ['$$ROOT', { $cond: [keepsWords, {}, words] }, longer] };
  const onLive = { $cond: [{ $eq: ['$shadow', ban.shadow] }, stronger, ban.shadow ? '$$ROOT' : next] };
  return [{ $replaceWith: { $cond: [isLive, onLive, next] } }, { $set: { changedAt: '$$NOW' } }];
}

function toBan({ _id, createdAt, expiresAt, changedAt: _changedAt, ...rest }: BanDocument): StoredBan {
  return { id: _id, ...rest, createdAt: createdAt.getTime(), expiresAt: expiresAt?.getTime() ?? null };
}
