import type { mongo } from 'mongoose';
import type { BalancerEntry, RosterStore, SeenBalancer } from '../../coordination/index.js';
import type { BalancerDocument } from './documents.js';
import { modelOf } from './models.js';
import type { MongodbConnection } from './mongodb.connection.js';

const DEADLINE_MS = 2_000;

/** Balancers in documents; `seenAt` is set by the server, so that the clocks of balancers need not agree. */
export class MongodbRosterStore implements RosterStore {
  constructor(private readonly connection: MongodbConnection) {}

  async announce({ id, startedAt, ...entry }: BalancerEntry): Promise<void> {
    // Literally, whatever a host name begins with.
    const said = { $literal: { ...entry, startedAt: new Date(startedAt) } };
    const replacement = { $mergeObjects: [{ _id: '$_id', seenAt: '$$NOW' }, said] };
    await this.connection.call(DEADLINE_MS, () =>
      this.balancers().updateOne({ _id: id }, [{ $replaceWith: replacement }], { upsert: true }),
    );
  }

  seen(withinMs: number): Promise<readonly SeenBalancer[]> {
    return this.connection.call(DEADLINE_MS, async () => {
      const since = { $subtract: ['$$NOW', withinMs] };
      const found = this.balancers().find({ $expr: { $gte: ['$seenAt', since] } });
      return (await found.sort({ startedAt: 1, _id: 1 }).toArray()).map(toBalancer);
    });
  }

  async withdraw(id: string): Promise<void> {
    await this.connection.call(DEADLINE_MS, () => this.balancers().deleteOne({ _id: id }));
  }

  async forget(olderThanMs: number): Promise<void> {
    const before = { $subtract: ['$$NOW', olderThanMs] };
    await this.connection.call(DEADLINE_MS, () =>
      this.balancers().deleteMany({ $expr: { $lt: ['$seenAt', before] } }),
    );
  }

  private balancers(): mongo.Collection<BalancerDocument> {
    return modelOf(this.connection.connection, 'Balancer')
      .collection as unknown as mongo.Collection<BalancerDocument>;
  }
}

function toBalancer({ _id, seenAt, startedAt, ...entry }: BalancerDocument): SeenBalancer {
  return { id: _id, ...entry, startedAt: startedAt.getTime(), seenAt: seenAt.getTime() };
}
