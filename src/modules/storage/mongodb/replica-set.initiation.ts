import { mongo } from 'mongoose';
import type { ReplicaSetOfOne } from '../../../common/config/index.js';

/** Another balancer was first. */
const ALREADY_INITIALIZED = 23;
/** Making the oplog takes a moment on a slow disk. */
const INITIATE_DEADLINE_MS = 5_000;

/**
 * Makes the server of the URI a replica set of one node if it was started with `--replSet` and is no member of a set yet;
 * any other server stays as it is. Rejects with the driver's error, after `deadlineMs` for a server that is not there.
 */
export async function initiateReplicaSet(
  uri: string,
  { name, host }: ReplicaSetOfOne,
  deadlineMs: number,
): Promise<void> {
  const client = new mongo.MongoClient(withoutReplicaSet(uri), {
    directConnection: true,
    serverSelectionTimeoutMS: deadlineMs,
    connectTimeoutMS: deadlineMs,
    socketTimeoutMS: INITIATE_DEADLINE_MS,
    maxPoolSize: 1,
  });
  try {
    const admin = client.db('admin');
    if (!isNew(await admin.command({ hello: 1 }))) return;
    await admin.command({ replSetInitiate: { _id: name, members: [{ _id: 0, host }] } });
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError && error.code === ALREADY_INITIALIZED)) throw error;
  } finally {
    await client.close();
  }
}

function isNew(hello: mongo.Document): boolean {
  return hello['isreplicaset'] === true && hello['setName'] === undefined;
}

/** A driver that was told the set's name does not speak to a server that has none yet. */
function withoutReplicaSet(uri: string): string {
  return uri.replace(/([?&])replicaSet=[^&#]*&?/i, '$1');
}
