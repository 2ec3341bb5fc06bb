import mongoose from 'mongoose';
import { afterAll, describe, expect, it } from 'vitest';
import { PendingWrite } from '../../../src/modules/storage/mongodb/pending-write.js';
import {
  registryWrite,
  type RegistryCollections,
} from '../../../src/modules/storage/mongodb/registry-write.js';
import { mongodbStorageOn, openStores } from '../../support/stores.js';
import { startMongod } from '../../support/mongod.js';
import { commitOf, service, state, stored } from './states.js';

const mongod = await startMongod({ replicaSet: false });
const kind = mongodbStorageOn(mongod);
afterAll(() => mongod?.stop());

/** Stops a commit before its step of this number, as a crash would. */
class CrashAt {
  private step = 0;

  constructor(private readonly last: number) {}

  get abandoned(): boolean {
    return this.step++ >= this.last;
  }
}

function collectionsOf(db: mongoose.mongo.Db): RegistryCollections {
  return {
    services: db.collection('services'),
    backends: db.collection('backends'),
    revisions: db.collection('revisions'),
    contents: db.collection('revision_contents'),
    meta: db.collection('registry_meta'),
  } as unknown as RegistryCollections;
}

describe.skipIf(mongod === null)('a commit to a standalone MongoDB that is cut off', () => {
  const first = stored(1, state(service('kept', 1), service('changed', 2, 3), service('gone', 4)));
  const second = stored(2, state(service('kept', 1), service('changed', 3), service('new', 5)));

  it.each([0, 1, 2, 3, 4, 5, 6])('before step %i is completed by the next one who looks', async (step) => {
    const storage = kind.fresh();
    const stores = await openStores(storage);
    await stores.registry.commit(commitOf(null, first));
    const client = await new mongoose.mongo.MongoClient(mongod?.uri as string).connect();
    const db = client.db(storage.driver === 'mongodb' ? storage.database : '');
    const collections = collectionsOf(db);
    const write = registryWrite(commitOf(first, second), null);
    await expect(new PendingWrite(collections).commit(write, new CrashAt(step))).rejects.toThrow(
      'no longer waits',
    );
    expect(await stores.registry.load()).toEqual(second);
    expect(await db.collection('registry_meta').findOne({ _id: 'pending' as never })).toBeNull();
    const third = stored(3, state(service('kept', 9)));
    await stores.registry.commit(commitOf(second, third));
    expect(await stores.registry.load()).toEqual(third);
    await client.close();
    await stores.close();
  });

  it('is taken away by the next one who commits when nothing was committed yet', async () => {
    const storage = kind.fresh();
    const stores = await openStores(storage);
    await stores.registry.commit(commitOf(null, first));
    const client = await new mongoose.mongo.MongoClient(mongod?.uri as string).connect();
    const meta = client.db(storage.driver === 'mongodb' ? storage.database : '').collection('registry_meta');
    const left = { _id: 'pending' as never, token: 'of-the-dead', parts: ['pending.of-the-dead.0'] };
    await meta.insertMany([left, { _id: 'pending.of-the-dead.0' as never, bulk: {} }]);
    expect(await stores.registry.load()).toEqual(first);
    await stores.registry.commit(commitOf(first, second));
    expect(await stores.registry.load()).toEqual(second);
    expect(await meta.find({ _id: /^pending/ as never }).toArray()).toEqual([]);
    await client.close();
    await stores.close();
  });
});
