import type { mongo } from 'mongoose';
import type { HeldLease, LeaseAnswer, LeaseRequest, LeaseStore } from '../../coordination/index.js';
import type { LeaseDocument } from './documents.js';
import { modelOf } from './models.js';
import type { MongodbConnection } from './mongodb.connection.js';
import { isDuplicateKey } from './registry-exchange.js';

const DEADLINE_MS = 2_000;

/** `$$NOW` is the clock of the server, the same for all expressions of one command. */
const IS_ALIVE = { $gt: ['$expiresAt', '$$NOW'] };

/** Leases in documents, decided by one command each, on the server and by its clock. */
export class MongodbLeaseStore implements LeaseStore {
  constructor(private readonly connection: MongodbConnection) {}

  acquire(request: LeaseRequest): Promise<LeaseAnswer> {
    return this.connection.call(DEADLINE_MS, async () => {
      try {
        return await this.exchange(request);
      } catch (error) {
        // Two balancers made the first document of this name at the same moment.
        if (!isDuplicateKey(error)) throw error;
        return this.exchange(request);
      }
    });
  }

  async release({ name, holder, term }: HeldLease): Promise<void> {
    const end = [{ $set: { expiresAt: '$$NOW' } }];
    await this.connection.call(DEADLINE_MS, () => this.leases().updateOne({ _id: name, holder, term }, end));
  }

  held(): Promise<readonly HeldLease[]> {
    return this.connection.call(DEADLINE_MS, async () => {
      const found = await this.leases().find({ $expr: IS_ALIVE }).sort({ _id: 1 }).toArray();
      return found.map(({ _id, holder, term }) => ({ name: _id, holder, term }));
    });
  }

  /** A lease that somebody else holds is left as it is, and nothing is written. */
  private async exchange({ name, holder, ttlMs }: LeaseRequest): Promise<LeaseAnswer> {
    const isOurs = { $and: [IS_ALIVE, { $eq: ['$holder', literal(holder)] }] };
    const isOthers = { $and: [IS_ALIVE, { $ne: ['$holder', literal(holder)] }] };
    const nextTerm = { $add: [{ $ifNull: ['$term', 0] }, 1] };
    const unlessOthers = (own: string, value: unknown) => ({ $cond: [isOthers, own, value] });
    const update = {
      holder: unlessOthers('$holder', literal(holder)),
      term: unlessOthers('$term', { $cond: [isOurs, '$term', nextTerm] }),
      expiresAt: unlessOthers('$expiresAt', { $add: ['$$NOW', ttlMs] }),
    };
    const projection = { holder: 1, term: 1, remainingMs: { $subtract: ['$expiresAt', '$$NOW'] } };
    const found = await this.leases().findOneAndUpdate({ _id: name }, [{ $set: update }], {
      upsert: true,
      returnDocument: 'after',
      projection,
    });
    const { term, remainingMs } = found as unknown as { term: number; remainingMs: number | mongo.Long };
    return { isHeld: found?.holder === holder, term, remainingMs: Number(remainingMs) };
  }

  private leases(): mongo.Collection<LeaseDocument> {
    return modelOf(this.connection.connection, 'Lease')
      .collection as unknown as mongo.Collection<LeaseDocument>;
  }
}

/** Never read as a path of the document, whatever it begins with. */
function literal(value: string) {
  return { $literal: value };
}
