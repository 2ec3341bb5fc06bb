import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { AccessLogStore } from '../../../src/modules/logging/index.js';
import { RetentionSweeper } from '../../../src/modules/storage/sqlite/retention.sweeper.js';
import { SqliteAccessLogStore } from '../../../src/modules/storage/sqlite/access-log/sqlite-access-log.store.js';
import {
  SqliteAuditLogStore,
  SqliteHealthLogStore,
  SqliteScalingLogStore,
} from '../../../src/modules/storage/sqlite/sqlite-log.stores.js';
import { SqliteConnection } from '../../../src/modules/storage/sqlite/sqlite.connection.js';
import { ACCESS_LOG_FILE } from '../../../src/modules/storage/sqlite/sqlite.file.js';
import { RandomRecords } from '../../support/random-records.js';
import { deliverAll } from '../../support/analytics-drivers.js';
import { MONGOD_IS_GIVEN, startMongod } from '../../support/mongod.js';
import { openStores } from '../../support/stores.js';
import { LogRecords } from './log-records.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
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

/** The stores of both files in a folder of their own. */
async function openLogs(partRows?: number) {
  const folder = await mkdtemp(join(tmpdir(), 'velocity-sqlite-'));
  const registry = new SqliteConnection(join(folder, 'velocity.db'));
  const connection = new SqliteConnection(join(folder, 'velocity-access.db'), ACCESS_LOG_FILE);
  const rollups = { minutesMs: 8 * DAY, hoursMs: 100 * DAY, daysMs: 0 };
  const stores = {
    accessLog: new SqliteAccessLogStore(connection, { rollups, ...(partRows && { partRows }) }),
    healthLog: new SqliteHealthLogStore(registry),
    scalingLog: new SqliteScalingLogStore(registry),
    auditLog: new SqliteAuditLogStore(registry),
  };
  const open = async () => void (await Promise.all([registry.open(), connection.open()]));
  const close = async () => void (await Promise.all([registry.close(), connection.close()]));
  await open();
  return { stores, connection, open, close, remove: () => rm(folder, { recursive: true }) };
}

describe('retention on sqlite', () => {
  it.each([undefined, 100])(
    'removes what is older, in steps, and nothing else: parts of %s rows',
    async (rows) => {
      const { stores, close, remove } = await openLogs(rows);
      const { accessLog, healthLog } = stores;
      await accessLog.append([...old, ...young].toSorted((a, b) => a.time - b.time));
      const faults: unknown[] = [];
      const retention = { accessLogMs: HOUR, healthLogMs: 0, auditLogMs: 0, scalingLogMs: 0 };
      const sweeper = new RetentionSweeper(stores, retention, (error) => faults.push(error));
      await healthLog.append([records.health({ time: 1 })]);
      await sweeper.sweep();
      const left = await ids(accessLog);
      // A part that ends within the hour is not worth removing row by row.
      if (rows === undefined) expect(left).toEqual(young.map((record) => record.id).toSorted());
      else {
        expect(left).toEqual(expect.arrayContaining(young.map((record) => record.id)));
        expect(left.length).toBeLessThan(young.length + rows);
      }
      expect((await healthLog.query({}, { limit: 9 })).items).toHaveLength(1);
      expect(await accessLog.removeBefore(now - HOUR)).toBe(0);
      await accessLog.removeBefore(now + HOUR);
      expect(await ids(accessLog)).toEqual([]);
      await close();
      await sweeper.sweep();
      expect(faults).toEqual([]);
      await remove();
    },
  );

  it('removes records of scaling as long as that says', async () => {
    const { stores, close, remove } = await openLogs();
    const { healthLog, scalingLog } = stores;
    const kept = records.scaling({ time: now });
    await scalingLog.append([records.scaling({ time: now - 2 * HOUR }), kept]);
    await healthLog.append([records.health({ time: 1 })]);
    const retention = { accessLogMs: 0, healthLogMs: 0, auditLogMs: 0, scalingLogMs: HOUR };
    await new RetentionSweeper(stores, retention, () => {}).sweep();
    expect((await scalingLog.query({}, { limit: 9 })).items).toEqual([kept]);
    expect((await healthLog.query({}, { limit: 9 })).items).toHaveLength(1);
    await close();
    await remove();
  });

  it('ends in the middle when the file is closed: a shutdown does not wait until all is removed', async () => {
    const { stores, open, close, remove } = await openLogs();
    await stores.accessLog.append(old);
    await stores.accessLog.append(young);
    const faults: unknown[] = [];
    const retention = { accessLogMs: HOUR, healthLogMs: HOUR, auditLogMs: HOUR, scalingLogMs: HOUR };
    const sweeper = new RetentionSweeper(stores, retention, (error) => faults.push(error));
    const swept = sweeper.sweep();
    const stopped = sweeper.stop();
    await close();
    await Promise.all([swept, stopped]);
    expect(faults).toEqual([]);
    await open();
    const left = await ids(stores.accessLog);
    expect(left.length).toBeGreaterThan(young.length);
    expect(left.length).toBeLessThan(old.length + young.length);
    await close();
    await remove();
  });

  it('removes roll-ups by their resolution, and answers from longer ones where shorter ones are gone', async () => {
    const { stores, connection, close, remove } = await openLogs();
    const today = Math.floor(now / DAY) * DAY;
    const exchanges = [200, 50, 5, 1].flatMap((days) =>
      Array.from({ length: 40 }, () => records.access({ time: today - days * DAY + 5 * HOUR, totalUs: 100 })),
    );
    await deliverAll(stores.accessLog, exchanges, 30);
    const sweeper = new RetentionSweeper(
      stores,
      { accessLogMs: 0, healthLogMs: 0, auditLogMs: 0, scalingLogMs: 0 },
      () => {},
    );
    await sweeper.sweep();
    const starts = await connection.call(() =>
      connection
        .statement('SELECT DISTINCT resolution, start FROM rollups WHERE cube = 0 ORDER BY start')
        .all(),
    );
    const kept = starts.map(
      (row) => `${row['resolution']} ${Math.ceil((today - Number(row['start'])) / DAY)}`,
    );
    expect(kept.toSorted()).toEqual(['0 1', '0 5', '1 1', '1 5', '1 50', '2 1', '2 200', '2 5', '2 50']);
    const whole = { filter: {}, groupBy: null, latency: false, limit: 1, order: 'requests' } as const;
    const byHour = await stores.accessLog.analyze({
      ...whole,
      from: today - 60 * DAY,
      to: today,
      stepMs: HOUR,
    });
    expect(byHour.rows.map(({ requests }) => requests)).toEqual([40, 40, 40]);
    const all = await stores.accessLog.analyze({
      ...whole,
      from: today - 300 * DAY,
      to: today,
      stepMs: null,
    });
    expect(all.rows.map(({ requests }) => requests)).toEqual([160]);
    await close();
    await remove();
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
      const stores = await openStores(storage, {
        accessLogMs,
        healthLogMs: 0,
        auditLogMs: 0,
        scalingLogMs: 0,
      });
      seen.push(await expiry());
      await stores.close();
    }
    expect(seen).toEqual([86_400, 3_600, undefined, 60]);
    await client.close();
  });

  it('is one of the scaling log, too', async () => {
    const client = await new mongoose.mongo.MongoClient(server.uri).connect();
    const stores = await openStores(storage, { scalingLogMs: HOUR });
    const indexes = await client.db(server.database).collection('scaling_logs').indexes();
    expect(indexes).toContainEqual(expect.objectContaining({ key: { time: 1 }, expireAfterSeconds: 3_600 }));
    await stores.close();
    await client.close();
  });

  it('lets the server remove what is older', async () => {
    const stores = await openStores(storage, {
      accessLogMs: HOUR,
      healthLogMs: 0,
      auditLogMs: 0,
      scalingLogMs: 0,
    });
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
