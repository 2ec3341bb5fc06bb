import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import mongoose from 'mongoose';
import { afterAll, describe, expect, it } from 'vitest';
import type { StoreState } from '../../../src/modules/registry/index.js';
import { keep } from '../../support/keep.js';
import { RandomRecords } from '../../support/random-records.js';
import { freePort } from '../../support/free-ports.js';
import { MONGOD_IS_GIVEN, startMongod } from '../../support/mongod.js';
import { createStores, openStores, reached, type Stores } from '../../support/stores.js';
import { LogRecords } from './log-records.js';
import { commitOf, service, state, stored } from './states.js';

const records = new LogRecords(new RandomRecords(1));

/** Every call of every port; each must reject with STORE_UNAVAILABLE within a second. */
async function expectAway(stores: Stores): Promise<void> {
  const first = commitOf(null, stored(1, state(service('a', 1))));
  const calls: (() => Promise<unknown>)[] = [
    () => stores.connection.ping(500),
    () => stores.registry.load(),
    () => stores.registry.commit(first),
    () => stores.registry.revisions(1),
    () => stores.accessLog.append([records.access()]),
    () => stores.accessLog.query({}, { limit: 1 }),
    () => stores.leases.acquire({ name: 'a', holder: 'b', ttlMs: 1_000 }),
    () => stores.leases.held(),
    () => stores.roster.seen(1_000),
    () => stores.roster.withdraw('b'),
    () => stores.healthLog.append([records.health()]),
    () => stores.healthLog.query({}, { limit: 1 }),
  ];
  for (const call of calls) {
    const started = performance.now();
    await expect(call()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(performance.now() - started).toBeLessThan(1_000);
  }
}

describe('sqlite', () => {
  let folder = '';
  const place = async (name: string) => {
    folder = folder === '' ? await mkdtemp(join(tmpdir(), 'velocity-sqlite-')) : folder;
    return join(folder, name);
  };
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('makes folder and file, for its owner only', async () => {
    const path = await place('made/here/velocity.db');
    const stores = keep(await openStores({ driver: 'sqlite', path }));
    await stores.connection.ping(100);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('says what is wrong with a file that is none of its own, and comes up when it is moved away', async () => {
    const path = await place('other.db');
    await writeFile(
      path,
      'this is a letter and no database, and it is long enough to be read as a header'.repeat(99),
    );
    const stores = keep(await createStores({ driver: 'sqlite', path }));
    await stores.connection.open();
    expect(stores.connection.status()).toMatchObject({ state: 'away' });
    expect(stores.connection.status().error).toMatch(
      /other\.db cannot be used.*not a database.*move this one away/,
    );
    await expectAway(stores);
    await rm(path);
    await reached(stores.connection, 'connected');
    expect(await stores.registry.load()).toBeNull();
  });

  it('says what is wrong with a folder, and with a path through a file', async () => {
    const path = await place('folder.db');
    await mkdir(path);
    const stores = keep(await createStores({ driver: 'sqlite', path }));
    await stores.connection.open();
    expect(stores.connection.status().error).toContain('It is a folder: name a file in storage.path.');
    await writeFile(await place('file'), '');
    const below = keep(await createStores({ driver: 'sqlite', path: await place('file/velocity.db') }));
    await below.connection.open();
    expect(below.connection.status().error).toContain('A part of its path is a file and not a folder');
  });

  it.skipIf(process.getuid?.() === 0)('says what is wrong with a folder that it may not write', async () => {
    const locked = await place('locked');
    await mkdir(locked, { mode: 0o500 });
    const stores = keep(await createStores({ driver: 'sqlite', path: join(locked, 'velocity.db') }));
    await stores.connection.open();
    expect(stores.connection.status().error).toContain('Give the user that runs Velocity the right');
    await chmod(locked, 0o700);
    await reached(stores.connection, 'connected');
  });

  it('refuses a file of a newer format', async () => {
    const path = await place('newer.db');
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99');
    db.close();
    const stores = keep(await createStores({ driver: 'sqlite', path }));
    await stores.connection.open();
    expect(stores.connection.status().error).toMatch(
      /newer Velocity \(format 99, this one knows 5\): update Velocity/,
    );
  });

  it('rejects writes, and stays, while another process holds the file', async () => {
    const path = await place('busy.db');
    const stores = keep(await openStores({ driver: 'sqlite', path }));
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const append = () => stores.healthLog.append([records.health()]);
    await expect(append()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(stores.connection.status().state).toBe('connected');
    expect((await stores.healthLog.query({}, { limit: 9 })).items).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
    await append();
    expect((await stores.healthLog.query({}, { limit: 9 })).items).toHaveLength(1);
  });

  it('leaves a damaged file and works again on a new one', async () => {
    const path = await place('damaged.db');
    const first = await openStores({ driver: 'sqlite', path });
    await first.accessLog.append(Array.from({ length: 2_000 }, () => records.access()));
    await first.close();
    const size = (await stat(path)).size;
    await writeFile(path, Buffer.alloc(size - 4_096, 0x5a), { flag: 'r+' });
    const stores = keep(await createStores({ driver: 'sqlite', path }));
    await stores.connection.open();
    expect(stores.connection.status().error).toMatch(/damaged\.db cannot be used/);
    await rm(path);
    await reached(stores.connection, 'connected');
    await stores.connection.ping(100);
  });
});

const mongod = MONGOD_IS_GIVEN ? null : await startMongod();
afterAll(() => mongod?.stop());

describe.skipIf(mongod === null)('mongodb', () => {
  const server = mongod as NonNullable<typeof mongod>;
  const storage = () => ({ driver: 'mongodb' as const, uri: server.uri, database: server.database });
  const watched = async () => {
    const stores = keep(await openStores(storage()));
    const states: StoreState[] = [];
    stores.connection.onChange((status) => states.push(status.state));
    return { stores, states };
  };

  it('may be absent at the start: calls fail fast, and it is taken when it comes', async () => {
    const port = await freePort();
    const uri = `mongodb://127.0.0.1:${port}/?replicaSet=velocity`;
    const stores = keep(await createStores({ driver: 'mongodb', uri, database: 'velocity' }));
    const started = performance.now();
    await stores.connection.open();
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(stores.connection.status().state).toBe('away');
    expect(stores.connection.status().error).toMatch(
      /^MongoDB cannot be used: .*ECONNREFUSED.*tries again by itself/,
    );
    await expectAway(stores);
    const late = await startMongod({ port });
    await reached(stores.connection, 'connected');
    await stores.connection.ping(1_000);
    await late?.stop();
    await reached(stores.connection, 'away');
  });

  it('may be new: whoever is asked to makes it a replica set, only one of several does, and nobody else does', async () => {
    const port = await freePort();
    const uri = `mongodb://127.0.0.1:${port}/?replicaSet=velocity`;
    const initiate = { name: 'velocity', host: `127.0.0.1:${port}` };
    const storageOf = (more: object) => ({ driver: 'mongodb' as const, uri, database: 'velocity', ...more });
    const fresh = await startMongod({ port, initiated: false });
    const waiting = keep(await createStores(storageOf({})));
    await waiting.connection.open();
    expect(waiting.connection.status().state).toBe('away');
    const initiating = [1, 2, 3].map(async () => keep(await createStores(storageOf({ initiate }))));
    const others = await Promise.all(initiating);
    for (const stores of others) void stores.connection.open();
    for (const stores of [waiting, ...others]) await reached(stores.connection, 'connected');
    await waiting.registry.commit(commitOf(null, stored(1, state(service('a', 1)))));
    await fresh?.stop();
  });

  it('may answer and yet not be usable for long: the start goes on without it, and it is taken when it is', async () => {
    const client = await new mongoose.mongo.MongoClient(server.uri).connect();
    // Locked, a server answers pings and reads, but makes no collection and no index.
    await client.db('admin').command({ fsync: 1, lock: true });
    try {
      const database = `${server.database}_locked`;
      const stores = keep(await createStores({ driver: 'mongodb', uri: server.uri, database }));
      const started = performance.now();
      await stores.connection.open();
      expect(performance.now() - started).toBeLessThan(10_000);
      expect(stores.connection.status().state).toBe('connecting');
      await expectAway(stores);
      await client.db('admin').command({ fsyncUnlock: 1 });
      await reached(stores.connection, 'connected');
      await stores.healthLog.append([records.health()]);
    } finally {
      await client.close();
    }
  });

  it('may be killed while it is used and comes back, without a process that ends or a promise that hangs', async () => {
    const { stores, states } = await watched();
    const appends = Array.from({ length: 30 }, () => stores.healthLog.append([records.health()]));
    const ended = Promise.allSettled(appends);
    await server.kill();
    const ends = await ended;
    const codes = ends.flatMap((end) =>
      end.status === 'rejected' ? [(end.reason as { code: string }).code] : [],
    );
    expect(codes.filter((code) => code !== 'STORE_UNAVAILABLE')).toEqual([]);
    await reached(stores.connection, 'away');
    await expectAway(stores);
    await server.restart();
    await reached(stores.connection, 'connected');
    await stores.connection.ping(1_000);
    await stores.healthLog.append([records.health()]);
    expect(states).toEqual(['away', 'connected']);
  });

  it('may hang: calls meet their deadline, and it is taken again when it goes on', async () => {
    const { stores, states } = await watched();
    server.pause();
    try {
      await expectAway(stores);
      expect(states).toEqual(['away']);
    } finally {
      server.resume();
    }
    await reached(stores.connection, 'connected');
    await stores.connection.ping(1_000);
  });

  it('finds out whether a commit with an unknown outcome was stored', async () => {
    const { stores } = await watched();
    const before = await stores.registry.load();
    const number = before?.revision.number ?? 0;
    const next = stored(number + 1, state(service('a', 7)));
    const commit = stores.registry.commit(commitOf(before, next));
    server.pause();
    await expect(commit).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    server.resume();
    await reached(stores.connection, 'connected');
    const found = await stores.registry.load();
    expect([before, next]).toContainEqual(found);
    // What the load found stays: the commit that was given up does not come true afterwards.
    await stores.connection.ping(1_000);
    expect(await stores.registry.load()).toEqual(found);
  });

  it('never shows the credentials of its URI', async () => {
    const secret = 'p%40ss-word';
    for (const uri of [
      `mongodb://operator:${secret}@127.0.0.1:1/?replicaSet=x`,
      `mongodb://operator:${secret}@127.0.0.1:1/?nonsense=${secret}&w=-9`,
      server.uri.replace('mongodb://', `mongodb://operator:${secret}@`),
    ]) {
      const stores = keep(await createStores({ driver: 'mongodb', uri, database: 'velocity' }));
      await stores.connection.open();
      const { state, error } = stores.connection.status();
      expect(state).toBe('away');
      const thrown = await stores.registry.load().catch((reason: Error) => reason);
      const shown = JSON.stringify([error, (thrown as Error).message, String((thrown as Error).cause)]);
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(decodeURIComponent(secret));
      expect(error).toMatch(/^MongoDB cannot be used: /);
    }
  });
});
