/**
 * What the access log costs behind the workers, and how fast it ships: `npm run bench -- access-log [sqlite] [mongodb]`.
 *
 * Each number is measured by itself, in a process of its own with nothing beside: `encode` (workers), `spool` (one frame of 256
 * records), `ship` (decode, sums, store), CPU time of the process in microseconds per record, and records per second.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StorageConfig } from '../src/common/config/index.js';
import { AccessLogEncoder, RecordIdSource } from '../src/common/contract/index.js';
import {
  AccessLogOutputs,
  type ConsignmentStore,
  DurableAccessLog,
  RollupAccumulator,
} from '../src/modules/logging/log-store.js';
import { accessLogStorage } from '../src/modules/storage/index.js';
import { startMongod } from '../test/support/mongod.js';
import { exchange } from './support/shop.records.js';

const RECORDS = Number(process.env['RECORDS'] ?? 200_000);
const BATCH = 256;
const silent = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error };

/** Runs it, and tells what it cost the process. */
async function measured(name: string, records: number, run: () => Promise<void> | void): Promise<void> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const perRecord = ((user + system) / records).toFixed(2);
  const perSecond = Math.round((records / ms) * 1_000).toLocaleString('en');
  console.log(
    `${name.padEnd(18)} ${perRecord.padStart(7)} us of CPU per record   ${perSecond.padStart(10)} records/s`,
  );
}

function batches(): ArrayBuffer[] {
  const ids = new RecordIdSource();
  const encoder = new AccessLogEncoder(256 * 1024);
  const made: ArrayBuffer[] = [];
  const start = Date.now();
  for (let index = 0; index < RECORDS; index++) {
    encoder.append(exchange(index, ids, start + Math.floor(index / 50)));
    if ((index + 1) % BATCH === 0) made.push(encoder.take());
  }
  if (encoder.records > 0) made.push(encoder.take());
  return made;
}

/** Takes everything and keeps nothing: what is left is reading, decoding and summing up. */
const NOWHERE: ConsignmentStore = {
  maxInFlight: 1,
  isAtomic: true,
  deliver: async () => undefined,
  append: async () => undefined,
  settle: async () => undefined,
};

interface Opened {
  readonly store: ConsignmentStore;
  open(): Promise<void>;
  close(): Promise<void>;
}

function openedBy(storage: StorageConfig): Promise<Opened> {
  const retention = { accessLogMs: 0, healthLogMs: 0, auditLogMs: 0, scalingLogMs: 0, revisions: 0 };
  return accessLogStorage(storage, retention, console.error);
}

async function shipped(name: string, opened: Opened, folder: string): Promise<void> {
  const encoded = batches();
  const settings = {
    maxBytes: 2 ** 32,
    segmentBytes: 2 ** 24,
    maxBuffered: RECORDS,
    path: join(folder, name),
    store: name,
  };
  const accessLog = new DurableAccessLog({
    spool: settings,
    store: opened.store,
    sums: () => new RollupAccumulator(),
    outputs: new AccessLogOutputs([], silent),
    log: silent,
    share: Number(process.env['SHARE'] ?? 1),
  });
  accessLog.start();
  await measured(`spool`, RECORDS, () => {
    encoded.forEach((batch, index) => accessLog.accept(batch, Math.min(BATCH, RECORDS - index * BATCH)));
  });
  await opened.open();
  await measured(`ship to ${name}`, RECORDS, async () => void (await accessLog.flush(600_000)));
  const { stored, lost, lastError } = accessLog.status();
  console.log(`${' '.repeat(18)} ${stored} stored, ${lost} lost ${lastError}`);
  await accessLog.close(10_000);
  await opened.close();
}

const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'velocity-bench-'));
const ids = new RecordIdSource();
const sample = Array.from({ length: 20_000 }, (_, index) => exchange(index, ids, Date.now()));
await measured('encode', sample.length * 10, () => {
  const encoder = new AccessLogEncoder(64 * 1024);
  for (let round = 0; round < 10; round++) {
    for (const record of sample) if (!encoder.append(record)) encoder.take();
  }
});
const nothing = async () => undefined;
await shipped('nowhere', { store: NOWHERE, open: nothing, close: nothing }, folder);
if (wanted.length === 0 || wanted.includes('sqlite')) {
  await shipped('sqlite', await openedBy({ driver: 'sqlite', path: join(folder, 'velocity.db') }), folder);
}
if (wanted.length === 0 || wanted.includes('mongodb')) {
  const mongod = await startMongod();
  if (mongod !== null) {
    const storage = { driver: 'mongodb', uri: mongod.uri, database: mongod.database } as const;
    await shipped('mongodb', await openedBy(storage), folder);
    await mongod.stop();
  }
}
rmSync(folder, { recursive: true });
