import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AccessLogRecord } from '../../../src/common/contract/index.js';
import { BatchingRecorder, LogQueryService } from '../../../src/modules/logging/index.js';
import type { DurableAccessLog } from '../../../src/modules/logging/log-store.js';
import { accessLogStorage, type OpenAccessLog } from '../../../src/modules/storage/index.js';
import {
  SqliteAuditLogStore,
  SqliteHealthLogStore,
  SqliteScalingLogStore,
} from '../../../src/modules/storage/sqlite/sqlite-log.stores.js';
import { SqliteConnection } from '../../../src/modules/storage/sqlite/sqlite.connection.js';
import { RandomRecords } from '../../support/random-records.js';
import { SpoolFixture } from '../../support/spool.fixture.js';
import { KEEP_FOREVER } from '../../support/stores.js';

let folder: string;
let connection: SqliteConnection;
let storage: OpenAccessLog;
let spools: SpoolFixture;
let accessLog: DurableAccessLog;
let recorder: BatchingRecorder;
let queries: LogQueryService;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'velocity-access-log-'));
  connection = new SqliteConnection(join(folder, 'velocity.db'));
  await connection.open();
  storage = await accessLogStorage(
    { driver: 'sqlite', path: join(folder, 'velocity.db') },
    KEEP_FOREVER,
    (error) => {
      throw error;
    },
  );
  await storage.open();
  const { store } = storage;
  spools = new SpoolFixture(1, folder);
  accessLog = spools.open(store);
  recorder = new BatchingRecorder((batch, records) => accessLog.accept(batch, records));
  queries = new LogQueryService(
    store,
    new SqliteHealthLogStore(connection),
    new SqliteAuditLogStore(connection),
    new SqliteScalingLogStore(connection),
  );
});

afterEach(async () => {
  await spools.dispose();
  await storage.close();
  await connection.close();
  rmSync(folder, { recursive: true });
});

/** Records whose times differ, so that their order is fixed. */
function exchanges(count: number, seed: number): AccessLogRecord[] {
  const random = new RandomRecords(seed);
  return Array.from({ length: count }, (_, index) => ({
    ...random.record(),
    time: 1_790_000_000_000 + index,
    status: random.one([200, 301, 404, 500, 503]),
  }));
}

async function everyPage(query: Record<string, string>): Promise<AccessLogRecord[]> {
  const found: AccessLogRecord[] = [];
  let cursor: string | null = null;
  do {
    const page = await queries.queryAccessLogs(cursor === null ? query : { ...query, cursor });
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}

it('brings records from the worker side into the store and back, equal in every field, in pages', async () => {
  const sent = exchanges(2_300, 11);
  for (const record of sent) recorder.record(record);
  recorder.flush();
  expect(await accessLog.flush(20_000)).toBe(0);
  expect(accessLog.status()).toMatchObject({ received: 2_300, stored: 2_300, lost: 0 });
  expect(await everyPage({ limit: '700' })).toEqual(sent.toReversed());
  const errors = sent.filter(({ status }) => status >= 500).toReversed();
  expect(await everyPage({ status: '5xx', limit: '100' })).toEqual(errors);
  const between = sent.filter(({ time }) => time >= sent[500]!.time && time < sent[900]!.time).toReversed();
  expect(await everyPage({ from: String(sent[500]!.time), to: String(sent[900]!.time) })).toEqual(between);
  await expect(queries.queryAccessLogs({ cursor: 'bm90LW91cnM' })).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
  });
});

it('loses nothing and stores nothing twice when the store goes away and comes back', async () => {
  const sent = exchanges(1_500, 12);
  for (const record of sent.slice(0, 500)) recorder.record(record);
  recorder.flush();
  await accessLog.flush(20_000);
  await storage.connection.close();
  for (const record of sent.slice(400)) recorder.record(record);
  recorder.flush();
  expect(await accessLog.flush(50)).toBe(1_100);
  await storage.connection.open();
  expect(await accessLog.flush(20_000)).toBe(0);
  expect(await everyPage({ limit: '1000' })).toEqual(sent.toReversed());
});
