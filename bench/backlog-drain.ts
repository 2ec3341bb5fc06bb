/*
 * A backlog of the access log drains into the store beside light traffic: how fast, and what the traffic's p99 does meanwhile.
 *   npm run bench -- backlog-drain [--store mongodb|sqlite] [--records 1000000] [--rate 500] [--seconds 5] [--rounds 1]
 * The backlog is the spool of a balancer that is gone; the one that runs takes it over. MongoDB is one of its own.
 */
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RecordIdSource } from '../src/common/contract/index.js';
import { BalancerProcess } from '../test/support/balancer-process.js';
import { MemoryConsignmentStore } from '../test/support/memory-consignment.store.js';
import { type Mongod, startMongod } from '../test/support/mongod.js';
import { encoded, SpoolFixture } from '../test/support/spool.fixture.js';
import { startOrigin } from './support/origin.js';
import { runPaced } from './support/paced-load.js';
import { exchange } from './support/shop.records.js';
import { openSite, runToEnd, type Site } from './support/site.js';
import { median } from './support/statistics.js';

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'mongodb' },
    records: { type: 'string', default: '1000000' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '1' },
  },
});
const RECORDS = Number(values.records);
const RATE = Number(values.rate);
const SECONDS = Number(values.seconds);
const CONNECTIONS = 16;
const WINDOWS_BEFORE = 5;
/** In each second of the backlog, as of a busy balancer. */
const PER_SECOND = 10_000;
const BATCH = 500;

/** p99 by which the load itself was late, by window. */
const lags: number[] = [];

interface Shipping {
  readonly stored: number;
  readonly buffered: number;
  readonly lost: number;
}

async function shippingOf(balancer: BalancerProcess): Promise<Shipping> {
  const { body } = await balancer.api<{ accessLog: Shipping }>('GET', '/api/v1/status');
  return body.accessLog;
}

/** A spool as a balancer leaves it whose store was away. */
async function writeBacklog(folder: string, store: string): Promise<string> {
  const target = new MemoryConsignmentStore({ isAtomic: false });
  target.log.goAway();
  const fixture = new SpoolFixture(1, folder);
  const accessLog = fixture.open(target, { store, maxBuffered: RECORDS });
  const ids = new RecordIdSource();
  const start = Date.now() - (RECORDS / PER_SECOND) * 1_000;
  for (let at = 0; at < RECORDS; at += BATCH) {
    const records = Array.from({ length: BATCH }, (_, index) =>
      exchange(at + index, ids, Math.floor(start + ((at + index) * 1_000) / PER_SECOND)),
    );
    accessLog.accept(encoded(records), records.length);
  }
  await accessLog.close(0);
  return fixture.path;
}

async function p99(site: Site, port: number): Promise<number> {
  const paced = await runPaced(site, { port, connections: CONNECTIONS, rate: RATE, seconds: SECONDS });
  lags.push(paced.lagUs.p99);
  return paced.latencyUs.p99;
}

async function round(site: Site, mongod: Mongod | null, number: number): Promise<void> {
  const origin = await startOrigin(site);
  const folder = join(site.folder, `round-${number}`);
  mkdirSync(folder);
  const database = `${mongod?.database}-${number}`;
  const storage =
    mongod === null
      ? { driver: 'sqlite', path: 'data/velocity.db' }
      : { driver: 'mongodb', uri: mongod.uri, database };
  const backlog = await writeBacklog(
    join(folder, 'backlog'),
    mongod === null ? `sqlite ${join(folder, 'data/velocity.db')}` : `mongodb ${database}`,
  );
  const balancer = await BalancerProcess.start(
    {
      listeners: [{ host: '127.0.0.1', port: 0 }],
      admin: { port: 0 },
      storage,
      accessLog: { spool: { path: 'data/spool' } },
      services: [{ name: 'shop', backends: [`http://127.0.0.1:${origin.port}`], health: { type: 'none' } }],
    },
    { dir: folder },
  );
  try {
    await p99(site, balancer.trafficPort);
    const before: number[] = [];
    while (before.length < WINDOWS_BEFORE) before.push(await p99(site, balancer.trafficPort));
    const { stored } = await shippingOf(balancer);
    for (const name of readdirSync(backlog))
      renameSync(join(backlog, name), join(folder, 'data/spool', name));
    const during = await drained(site, balancer, stored);
    const [usual, meanwhile] = [median(before), median(during.p99)];
    console.log(
      `${values.store}: ${RECORDS} records in ${during.seconds.toFixed(0)} s (${Math.round(RECORDS / during.seconds)}/s); ` +
        `p99 at ${RATE} requests/s: ${usual.toFixed(0)} us before, ${meanwhile.toFixed(0)} us meanwhile (x${(meanwhile / usual).toFixed(2)}); ` +
        `windows before ${before.map((us) => us.toFixed(0)).join(' ')}, meanwhile ${during.p99.map((us) => us.toFixed(0)).join(' ')}; ` +
        `the load was late by ${lags.map((us) => us.toFixed(0)).join(' ')}`,
    );
  } finally {
    await balancer.stop();
  }
}

async function drained(site: Site, balancer: BalancerProcess, before: number) {
  const windows: number[] = [];
  let startedAt = 0;
  for (;;) {
    windows.push(await p99(site, balancer.trafficPort));
    const { stored, buffered, lost } = await shippingOf(balancer);
    if (lost > 0) throw new Error(`${lost} records are lost:\n${balancer.printLog()}`);
    if (startedAt === 0) {
      // The spool of the balancer that is gone has not been found yet.
      if (buffered < RECORDS / 2 && stored - before < RECORDS) windows.length = 0;
      else startedAt = performance.now() - SECONDS * 1_000;
    }
    if (startedAt > 0 && stored - before >= RECORDS) {
      return { p99: windows, seconds: (performance.now() - startedAt) / 1_000 };
    }
  }
}

await runToEnd(async () => {
  const site = openSite({ rounds: 1, seconds: SECONDS, out: '', dist: '', pinned: false, only: [] });
  const mongod = values.store === 'mongodb' ? await startMongod({ cacheGb: 1 }) : null;
  if (values.store === 'mongodb' && mongod === null) throw new Error('there is no mongod');
  try {
    for (let number = 1; number <= Number(values.rounds); number++) await round(site, mongod, number);
  } finally {
    await mongod?.stop();
  }
});
