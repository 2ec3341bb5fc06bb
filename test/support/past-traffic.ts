import { mkdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccessLogRecord } from '../../src/common/contract/index.js';
import { SqliteAccessLogStore } from '../../src/modules/storage/sqlite/access-log/sqlite-access-log.store.js';
import { SqliteConnection } from '../../src/modules/storage/sqlite/sqlite.connection.js';
import { ACCESS_LOG_FILE } from '../../src/modules/storage/sqlite/sqlite.file.js';
import { deliverAll } from './analytics-drivers.js';
import { RandomRecords } from './random-records.js';

/** Exchanges per minute: of the hour that is nearly over, and of the two before it. */
export const PAST = { newer: 24, older: 20, olderMinutes: 120 } as const;

const MINUTE_MS = 60_000;
const PATHS = ['/', '/cart', '/products/espresso-machine', '/api/orders', '/api/users', '/images/logo.svg'];

/**
 * A folder to start a balancer in that has been running for three hours: its access log, with roll-ups, as the spool leaves
 * it. Nothing in the last two minutes, so that what a test sends is the newest.
 */
export async function folderWithPast(nowMs = Date.now()): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'velocity-past-'));
  mkdirSync(join(folder, 'data'));
  const connection = new SqliteConnection(join(folder, 'data', 'velocity-access.db'), ACCESS_LOG_FILE);
  await connection.open();
  await deliverAll(new SqliteAccessLogStore(connection), recordsUntil(nowMs), 2_000);
  await connection.close();
  return folder;
}

function recordsUntil(nowMs: number): AccessLogRecord[] {
  const random = new RandomRecords(11);
  const thisMinute = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const records: AccessLogRecord[] = [];
  for (let ago = 60 + PAST.olderMinutes; ago > 2; ago -= 1) {
    const amount = ago > 60 ? PAST.older : PAST.newer;
    for (let index = 0; index < amount; index += 1) {
      const time = thisMinute - ago * MINUTE_MS + Math.floor((index * MINUTE_MS) / amount);
      records.push(recordAt(time, random));
    }
  }
  return records;
}

function recordAt(time: number, random: RandomRecords): AccessLogRecord {
  const path = random.one([...PATHS, '/', '/cart', '/']);
  const chance = random.integer(100);
  const dropReason = chance === 0 ? 'rate_limited' : chance === 1 ? 'no_backend' : null;
  const status =
    dropReason === 'rate_limited' ? 429 : dropReason ? 503 : chance < 5 ? 500 : chance < 12 ? 404 : 200;
  const totalUs = Math.round(900 * 2 ** (random.integer(60) / 10)) * (chance > 96 ? 12 : 1);
  const id = random.hex(24);
  const backend = dropReason ? null : random.one(['3f1c9a7b2d4e6f80', '9b2d4e6f803f1c7a']);
  return {
    ...random.record(),
    id,
    requestId: id,
    time,
    service: path.startsWith('/api') ? 'api' : 'shop',
    method: 'GET',
    host: 'shop.test',
    path,
    query: '',
    status,
    dropReason,
    shadowReason: null,
    fallbackFrom: null,
    client: `198.51.100.${random.integer(6) + 1}`,
    backend,
    attempts: backend
      ? [{ backend, outcome: 'ok', status, connectUs: 0, firstByteUs: totalUs, totalUs }]
      : [],
    bytesIn: 0,
    bytesOut: 400 + random.integer(9_000),
    totalUs,
    queueUs: 0,
    decision: null,
    headers: null,
  };
}
