import mongoose from 'mongoose';
import { afterAll, describe, expect, it } from 'vitest';
import type { RevisionContent } from '../../../src/modules/registry/index.js';
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

/** A store, and the server behind its back. */
async function opened() {
  const storage = kind.fresh();
  const stores = await openStores(storage);
  const client = await new mongoose.mongo.MongoClient(mongod?.uri as string).connect();
  const db = client.db(storage.driver === 'mongodb' ? storage.database : '');
  const collections = {
    services: db.collection('services'),
    backends: db.collection('backends'),
    revisions: db.collection('revisions'),
    contents: db.collection('revision_contents'),
    meta: db.collection('registry_meta'),
  } as unknown as RegistryCollections;
  const left = () => collections.meta.countDocuments({ _id: /^pending/ } as never);
  const close = async () => {
    await client.close();
    await stores.close();
  };
  return { registry: stores.registry, collections, left, close };
}

describe.skipIf(mongod === null)('a commit to a standalone MongoDB that is cut off', () => {
  const first = stored(1, state(service('kept', 1), service('changed', 2, 3), service('gone', 4)));
  const second = stored(2, state(service('kept', 1), service('changed', 3), service('new', 5)));
  const third = stored(3, state(service('kept', 9)));

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('before step %i is completed by the next one who looks', async (step) => {
    const { registry, collections, left, close } = await opened();
    await registry.commit(commitOf(null, first));
    const write = registryWrite(commitOf(first, second), null);
    await expect(new PendingWrite(collections).commit(write, new CrashAt(step))).rejects.toThrow(
      'no longer waits',
    );
    expect(await registry.load()).toEqual(second);
    expect(await registry.contents(2)).toEqual([plain(commitOf(first, second).content)]);
    expect(await left()).toBe(0);
    await registry.commit(commitOf(second, third));
    expect(await registry.load()).toEqual(third);
    await close();
  });

  it.each([0, 4, 7])(
    'before step %i, too large for one document, is completed all the same',
    async (step) => {
      const { registry, collections, left, close } = await opened();
      await registry.commit(commitOf(null, first));
      const paths = Array.from({ length: 4_000 }, (_, index) => `/${index}/`.padEnd(200, 'p'));
      const many = Array.from({ length: 30 }, (_, index) => ({ ...service(`s${index}`, 1, 2), paths }));
      const large = stored(
        2,
        state(...many.map(({ name, backends, ...rest }) => ({ name, ...rest, backends }))),
      );
      const write = registryWrite(commitOf(first, large), null);
      await expect(new PendingWrite(collections).commit(write, new CrashAt(step))).rejects.toThrow(
        'no longer waits',
      );
      expect(await left()).toBeGreaterThan(2);
      expect(await registry.load()).toEqual(large);
      expect(await registry.contents(2)).toEqual([plain(commitOf(first, large).content)]);
      expect(await left()).toBe(0);
      await close();
    },
  );

  it('before it was one at all is taken away by the next commit, with its parts', async () => {
    const { registry, collections, left, close } = await opened();
    await registry.commit(commitOf(null, first));
    const part = 'pending.of-a-dead-one.0';
    const dead = { _id: 'pending', token: 'of-a-dead-one', parts: [part] };
    await collections.meta.insertMany([dead, { _id: part }]);
    expect(await registry.load()).toEqual(first);
    await registry.commit(commitOf(first, second));
    expect(await registry.load()).toEqual(second);
    expect(await left()).toBe(0);
    await close();
  });

  it('by a Velocity that kept no contents is completed as that one would have', async () => {
    const { registry, collections, left, close } = await opened();
    await registry.commit(commitOf(null, first));
    const { contents: _, ...write } = registryWrite(commitOf(first, second), null);
    const older = { ...write, appliedFile: second.appliedFile };
    await collections.meta.insertOne({ _id: 'pending', write: older } as never);
    expect(await registry.load()).toEqual(second);
    expect(await registry.contents(2)).toEqual([]);
    expect(await left()).toBe(0);
    await close();
  });
});

/** As a store gives it back: bytes without what else their buffer holds. */
function plain({ parts, ...content }: RevisionContent) {
  return { ...content, parts: parts.map((part) => Buffer.from(part)) };
}
