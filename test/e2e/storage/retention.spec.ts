import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { AccessLogStore } from '../../../src/modules/logging/index.js';
import { RetentionSweeper } from '../../../src/modules/storage/sqlite/retention.sweeper.js';
import {
  SqliteAccessLogStore,
  SqliteHealthLogStore,
} from '../../../src/modules/storage/sqlite/sqlite-log.stores.js';
import { SqliteConnection } from '../../../src/modules/storage/sqlite/sqlite.connection.js';
import { RandomRecords } from '../../support/random-records.js';
import { MONGOD_IS_GIVEN, startMongod } from '../../support/mongod.js';
import { openStores } from '../../support/stores.js';
import { LogRecords } from './log-records.js';

const HOUR = 3_600_000;
const records = new LogRecords(new RandomRecords(9));
const now = Date.now();
const old = Array.from({ length: 1_200 }, (_, index) => records.access({ time: now - HOUR - 1 - index }));
const young = Array.from({ length: 300 }, (_, index) => records.access({ time: now - index }));

async function ids(store: AccessLogStore): Promise<string[]> {
  const first = await store.query({}, { limit: 1_000 });
  const second =
    first.next === null ? [] : (await store.query({}, { limit: 1_000, cursor: first.next })).items;
  return [...first.items, ...second].map((record) => record.id).toSorted();
}

describe('retention on sqlite', () => {
  it('removes what is older, in steps, and nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'velocity-sqlite-'));
    const connection = new SqliteConnection(join(folder, 'velocity.db'));
    await connection.open();
    const accessLog = new SqliteAccessLogStore(connection);
    const healthLog = new SqliteHealthLogStore(connection);
    await accessLog.append([...old, ...young]);
    const faults: unknown[] = [];
    const logs = [
      { store: accessLog, retentionMs: HOUR },
      { store: healthLog, retentionMs: 0 },
    ];
    const sweeper = new RetentionSweeper(logs, (error) => faults.push(error));
    await healthLog.append([records.health({ time: 1 })]);
    await sweeper.sweep();
    expect(await ids(accessLog)).toEqual(young.map((record) => record.id).toSorted());
    expect((await healthLog.query({}, { limit: 9 })).items).toHaveLength(1);
    expect(await accessLog.removeBefore(now - HOUR)).toBe(0);
    await connection.close();
    await sweeper.sweep();
    expect(faults).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it('ends in the middle when the file is closed: a shutdown does not wait until all is removed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'velocity-sqlite-'));
    const connection = new SqliteConnection(join(folder, 'velocity.db'));
    await connection.open();
    const accessLog = new SqliteAccessLogStore(connection);
    await accessLog.append([...old, ...young]);
    const faults: unknown[] = [];
    const sweeper = new RetentionSweeper([{ store: accessLog, retentionMs: HOUR }], (error) =>
      faults.push(error),
    );
    const swept = sweeper.sweep();
    const stopped = sweeper.stop();
    await connection.close();
    await Promise.all([swept, stopped]);
    expect(faults).toEqual([]);
    await connection.open();
    const left = await ids(accessLog);
    expect(left.length).toBeGreaterThan(young.length);
    expect(left.length).toBeLessThan(old.length + young.length);
    await connection.close();
    await rm(folder, { recursive: true });
  });
});

const mongod = MONGOD_IS_GIVEN ? null : await startMongod();
afterAll(() => mongod?.stop());

describe.skipIf(mongod === null)('retention on mongodb', () => {
  const server = mongod as NonNullable<typeof mongod>;
  const storage = { driver: 'mongodb' as const, uri: server.uri, database: server.database };

  it('is an index of the server, which follows the configuration', async () => {
    const client = await new mongoose.mongo.MongoClient(server.uri).connect();
    const collection = client.db(server.database).collection('access_logs');
    const expiry = async () =>
      (await collection.indexes()).find((index) => JSON.stringify(index.key) === '{"time":1}')?.[
        'expireAfterSeconds'
      ];
    const seen: unknown[] = [];
    for (const accessLogMs of [86_400_000, HOUR, 0, 60_000]) {
      const stores = await openStores(storage, { accessLogMs, healthLogMs: 0, auditLogMs: 0 });
      seen.push(await expiry());
      await stores.close();
    }
    expect(seen).toEqual([86_400, 3_600, undefined, 60]);
    await client.close();
  });

  it('lets the server remove what is older', async () => {
    const stores = await openStores(storage, { accessLogMs: HOUR, healthLogMs: 0, auditLogMs: 0 });
    await stores.accessLog.append(old.slice(0, 900));
    await stores.accessLog.append(young);
    await vi.waitFor(async () => expect(await ids(stores.accessLog)).toHaveLength(young.length), {
      timeout: 20_000,
      interval: 200,
    });
    expect(await ids(stores.accessLog)).toEqual(young.map((record) => record.id).toSorted());
    await stores.close();
  });
});
