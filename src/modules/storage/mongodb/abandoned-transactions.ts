import { mongo } from 'mongoose';

/** A commit of ours waits for nothing between its statements: one that does nothing for so long has lost its process. */
const IDLE_MICROS = 1_500_000;
const UNAUTHORIZED = 13;

interface IdleSession {
  readonly lsid?: { readonly id: unknown };
}

/**
 * Ends transactions of balancers that died in the middle of a commit. The server itself keeps them, and their locks,
 * for a minute (`transactionLifetimeLimitSeconds`), in which nobody could commit. A living balancer whose commit is
 * ended so, because it was stopped for a while, does it again.
 * Listing and ending sessions of the same user needs no further rights.
 */
export async function endAbandonedTransactions(client: mongo.MongoClient, appName: string): Promise<void> {
  const admin = client.db('admin');
  const isAbandoned = {
    type: 'idleSession',
    'clientMetadata.application.name': appName,
    'transaction.timeInactiveMicros': { $gte: IDLE_MICROS },
  };
  try {
    const found = await admin
      .aggregate<IdleSession>([{ $currentOp: { idleSessions: true } }, { $match: isAbandoned }], {
        readConcern: { level: 'local' },
      })
      .toArray();
    const sessions = found.flatMap(({ lsid }) => (lsid === undefined ? [] : [{ id: lsid.id }]));
    if (sessions.length > 0) await admin.command({ killSessions: sessions });
  } catch (error) {
    // Without the right to look, the server's own limit ends them.
    if (!(error instanceof mongo.MongoServerError && error.code === UNAUTHORIZED)) throw error;
  }
}
