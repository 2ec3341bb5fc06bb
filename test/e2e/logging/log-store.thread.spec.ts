import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LogStoreThread } from '../../../src/modules/logging/index.js';
import { eventually } from '../../support/eventually.js';
import { RandomRecords } from '../../support/random-records.js';
import { RecordingLog } from '../../support/recording-log.js';
import { encoded, shortBackoff } from '../../support/spool.fixture.js';
import { KEEP_FOREVER } from '../../support/stores.js';

const entry = pathToFileURL(resolve(import.meta.dirname, '../../../dist/log-store.worker.js'));
const random = new RandomRecords(5);
let folder = '';
let log = new RecordingLog();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'velocity-log-store-'));
  log = new RecordingLog();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** With the thread that runs at present, so that it can be made to die. */
class ObservedThread extends LogStoreThread {
  die(): Promise<number> {
    return (this as unknown as { thread: Worker }).thread.terminate();
  }
}

function thread(path = join(folder, 'velocity.db')): ObservedThread {
  const spool = {
    path: join(folder, 'spool'),
    maxBytes: 2 ** 30,
    segmentBytes: 2 ** 24,
    maxBuffered: 10_000,
    store: 'test',
  };
  const init = { storage: { driver: 'sqlite', path } as const, retention: KEEP_FOREVER, spool, outputs: [] };
  return new ObservedThread({ entry, init, log, backoff: shortBackoff() });
}

function accept(target: LogStoreThread, count: number): string[] {
  const records = Array.from({ length: count }, () => ({ ...random.record(), time: Date.now() }));
  target.accept(encoded(records), count);
  return records.map(({ id }) => id);
}

it('stores what was accepted before and after its start, answers questions, and ends with nothing left', async () => {
  const accessLog = thread();
  const sent = accept(accessLog, 20);
  expect(accessLog.stats()).toMatchObject({ thread: 'idle', received: 20, buffered: 20 });
  accessLog.start();
  sent.push(...accept(accessLog, 10));
  await eventually(async () => expect(accessLog.stats()).toMatchObject({ stored: 30, buffered: 0, lost: 0 }));
  const { items } = await accessLog.query({}, { limit: 100 });
  expect(items.map(({ id }) => id).toSorted()).toEqual(sent.toSorted());
  const refused = accessLog.query({}, { limit: 100, cursor: 'bm90LW91cnM' });
  await expect(refused).rejects.toMatchObject({
    name: 'VelocityError',
    code: 'REQUEST_INVALID',
    issues: [{ path: 'cursor' }],
  });
  expect(await accessLog.close(5_000)).toBe(0);
  // Its files are closed as well: who removes the folder now removes it whole.
  expect(readdirSync(folder).filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
  expect(accessLog.stats()).toMatchObject({ thread: 'closed', stored: 30 });
  await expect(accessLog.query({}, { limit: 1 })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

it('is started again when it dies, and brings to the store what it had taken', async () => {
  const accessLog = thread();
  accessLog.start();
  const sent = accept(accessLog, 200);
  await eventually(async () => expect(accessLog.stats().spooledBytes).toBeGreaterThan(0));
  const question = accessLog.query({}, { limit: 1 });
  const died = accessLog.die();
  // Either it has answered just before, or it says that it cannot.
  await question.catch((error: unknown) => expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' }));
  await died;
  sent.push(...accept(accessLog, 50));
  await eventually(async () =>
    expect(accessLog.stats()).toMatchObject({ thread: 'running', threadRestarts: 1 }),
  );
  await eventually(async () => {
    const { items } = await accessLog.query({}, { limit: 1_000 });
    expect(items.map(({ id }) => id).toSorted()).toEqual(sent.toSorted());
  });
  expect(accessLog.stats().lost).toBe(0);
  expect(log.lines.filter(({ message }) => message.endsWith('died and is started again'))).toHaveLength(1);
  await accessLog.close(5_000);
});

it('leaves in the spool what the store does not take, says so, and stores it after the next start', async () => {
  writeFileSync(join(folder, 'file'), '');
  const away = thread(join(folder, 'file', 'velocity.db'));
  away.start();
  const sent = accept(away, 40);
  await eventually(async () => expect(away.stats().spooledBytes).toBeGreaterThan(0));
  expect(await away.close(3_000)).toBe(40);
  expect(log.lines.at(-1)).toMatchObject({ level: 'warn', fields: { records: 40 } });
  const next = thread();
  next.start();
  await eventually(async () =>
    expect(next.stats()).toMatchObject({ recovered: 40, stored: 40, buffered: 0 }),
  );
  const { items } = await next.query({}, { limit: 100 });
  expect(items.map(({ id }) => id).toSorted()).toEqual(sent.toSorted());
  await next.close(5_000);
});
