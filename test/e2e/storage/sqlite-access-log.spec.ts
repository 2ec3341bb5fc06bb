import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it, vi } from 'vitest';
import { RollupAccumulator } from '../../../src/modules/logging/log-store.js';
import { SqliteAccessLogStore } from '../../../src/modules/storage/sqlite/access-log/sqlite-access-log.store.js';
import { EARLIER_ACCESS_LOG_TABLE } from '../../../src/modules/storage/sqlite/log-columns.js';
import { LogRowCodec, createTableSql, insertSql } from '../../../src/modules/storage/sqlite/log-table.js';
import { MOVING_TABLE, migrate } from '../../../src/modules/storage/sqlite/schema.js';
import { SqliteConnection } from '../../../src/modules/storage/sqlite/sqlite.connection.js';
import { ACCESS_LOG_FILE, accessLogPath } from '../../../src/modules/storage/sqlite/sqlite.file.js';
import { BruteForceAnalytics } from '../../support/brute-force.analytics.js';
import { RandomRecords } from '../../support/random-records.js';
import { openStores, reached } from '../../support/stores.js';
import { LogRecords, newestFirst } from './log-records.js';

const folder = await mkdtemp(join(tmpdir(), 'velocity-access-log-'));
afterAll(() => rm(folder, { recursive: true }));

const records = new LogRecords(new RandomRecords(31));
const ALL = {
  from: 1_699_000_000_000,
  to: 1_701_000_000_000,
  filter: {},
  groupBy: 'service',
  stepMs: null,
  latency: true,
  limit: 100,
  order: 'requests',
} as const;

function exchanges(count: number) {
  return Array.from({ length: count }, () => records.access({ bytesOut: 5 }));
}

async function opened(name: string, partRows?: number) {
  const path = join(folder, name);
  const connection = new SqliteConnection(path, ACCESS_LOG_FILE);
  await connection.open();
  return { path, connection, store: new SqliteAccessLogStore(connection, partRows ? { partRows } : {}) };
}

function consignment(sequence: number, part: ReturnType<typeof exchanges>) {
  const accumulator = new RollupAccumulator();
  for (const record of part) accumulator.add(record);
  return { source: 'a', sequence, records: part, rollups: accumulator.take() };
}

it('moves the records of an older file to its own, each once, and sums them up', async () => {
  const path = join(folder, 'velocity.db');
  const old = newestFirst(exchanges(2_500))
    .toReversed()
    // They had neither then.
    .map((record) => ({
      ...record,
      decision: null,
      headers: null,
      traceId: null,
      spanId: null,
      parentSpanId: null,
    }));
  const db = new DatabaseSync(path);
  migrate(db);
  // The file as it was before the access log had one of its own, and scaling a log.
  db.exec(`${createTableSql(EARLIER_ACCESS_LOG_TABLE)}; DROP TABLE scaling_logs; PRAGMA user_version = 3`);
  const codec = new LogRowCodec(EARLIER_ACCESS_LOG_TABLE);
  const insert = db.prepare(insertSql(EARLIER_ACCESS_LOG_TABLE));
  db.exec('BEGIN');
  for (const record of old) insert.run(...codec.toRow(record));
  db.exec('COMMIT');
  const stores = await openStores({ driver: 'sqlite', path });
  const fresh = records.access({ time: Date.now() });
  await stores.accessLog.append([fresh]);
  const moving = db.prepare('SELECT name FROM sqlite_schema WHERE name = ?');
  await vi.waitFor(() => expect(moving.get(MOVING_TABLE)).toBeUndefined(), 30_000);
  db.close();
  await stores.close();
  const { store, connection } = await opened('velocity-access.db');
  expect(accessLogPath(path)).toBe(join(folder, 'velocity-access.db'));
  const pages = await store.query({ to: 1_701_000_000_000 }, { limit: 1_000 });
  expect(pages.items).toEqual(newestFirst(old).slice(0, 1_000));
  expect(await store.analyze(ALL)).toEqual(await new BruteForceAnalytics(old).analyze(ALL));
  expect((await store.query({}, { limit: 1 })).items).toEqual([fresh]);
  await connection.close();
});

it('has stored a consignment whole or not at all when it fails in the middle, and once when it is repeated', async () => {
  const { store, connection } = await opened('middle.db', 100);
  const parts = [exchanges(300), exchanges(300)];
  await store.deliver(consignment(1, parts[0]!));
  // Fails when records and roll-ups are in, before the sequence is.
  await connection.call(() =>
    connection.exec(
      `CREATE TRIGGER broken BEFORE UPDATE ON consignments BEGIN SELECT raise(ABORT, 'broken'); END`,
    ),
  );
  await expect(store.deliver(consignment(2, parts[1]!))).rejects.toThrow('broken');
  const first = await new BruteForceAnalytics(parts[0]!).analyze(ALL);
  expect(await store.analyze(ALL)).toEqual(first);
  expect((await store.query({}, { limit: 1_000 })).items).toEqual(newestFirst(parts[0]!));
  await connection.call(() => connection.exec('DROP TRIGGER broken'));
  await store.deliver(consignment(2, parts[1]!));
  await store.deliver(consignment(2, parts[1]!));
  expect(await store.analyze(ALL)).toEqual(await new BruteForceAnalytics(parts.flat()).analyze(ALL));
  expect((await store.query({}, { limit: 1_000 })).items).toEqual(newestFirst(parts.flat()));
  await connection.close();
});

it('adds to what another process has stored meanwhile', async () => {
  const one = await opened('shared.db', 100);
  const other = await opened('shared.db', 100);
  const parts = [exchanges(250), exchanges(250), exchanges(250)];
  await one.store.deliver(consignment(1, parts[0]!));
  await other.store.deliver(consignment(2, parts[1]!));
  await one.store.deliver(consignment(3, parts[2]!));
  await one.store.deliver(consignment(2, parts[1]!));
  expect(await one.store.analyze(ALL)).toEqual(await new BruteForceAnalytics(parts.flat()).analyze(ALL));
  await Promise.all([one.connection.close(), other.connection.close()]);
});

it('is away while the disk is full, and usable again once there is room', async () => {
  const { store, connection } = await opened('full.db');
  const parts = [exchanges(100), exchanges(2_000)];
  await store.deliver(consignment(1, parts[0]!));
  // SQLite reports SQLITE_FULL at this limit as it does for the disk; a new connection has no such limit.
  await connection.call(() => connection.statement('PRAGMA max_page_count = 1').get());
  await expect(store.deliver(consignment(2, parts[1]!))).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('Free some space'),
  });
  expect(connection.status().state).toBe('away');
  await reached(connection, 'connected');
  await store.deliver(consignment(2, parts[1]!));
  expect(await store.analyze(ALL)).toEqual(await new BruteForceAnalytics(parts.flat()).analyze(ALL));
  await connection.close();
});

it('shows all parts as one table to a person with a shell', async () => {
  const { path, store, connection } = await opened('shell.db', 50);
  const all = exchanges(400).toSorted((a, b) => a.time - b.time);
  for (let start = 0; start < 400; start += 40) await store.append(all.slice(start, start + 40));
  await connection.close();
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db
    .prepare('SELECT id, time, requestId, service, status FROM access_logs ORDER BY time, id')
    .all();
  const expected = newestFirst(all)
    .toReversed()
    .map(({ id, time, requestId, service, status }) => ({ id, time, requestId, service, status }));
  expect(rows.map((row) => ({ ...row }))).toEqual(expected);
  const { n } = db.prepare('SELECT count(*) AS n FROM access_log_parts').get() as { n: number };
  expect(n).toBeGreaterThan(5);
  db.close();
});

it('finds services and backends of which a part has many or few rows, also when some of them are removed', async () => {
  const { store, connection } = await opened('marks.db', 3_000);
  const start = 1_700_000_000_000;
  const all = Array.from({ length: 7_000 }, (_, index) =>
    records.access({ time: start + index, service: index % 100 === 7 ? 'rare' : 'frequent' }),
  );
  await store.append(all);
  while (await store.makeIndex());
  const serviceOf = async (service: string) =>
    (await store.query({ service }, { limit: 1_000 })).items.map(({ id }) => id);
  const expected = (service: string, from: number) =>
    newestFirst(all.slice(from).filter((record) => record.service === service))
      .slice(0, 1_000)
      .map(({ id }) => id);
  expect(await serviceOf('rare')).toEqual(expected('rare', 0));
  expect(await serviceOf('frequent')).toEqual(expected('frequent', 0));
  // Rows of a part go one by one only where it ends more than an hour later.
  const late = records.access({ time: start + 8 * 3_600_000 });
  await store.append([late]);
  await store.removeBefore(start + 2_500);
  const left = await store.query({ service: 'frequent', to: start + 7_000 }, { limit: 1_000 });
  expect(left.items.map(({ id }) => id)).toEqual(expected('frequent', 2_500));
  await connection.close();
});
