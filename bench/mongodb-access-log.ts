/*
 * The access log in MongoDB: how fast it takes consignments and what of our CPU that costs, then how fast it answers:
 *   npm run bench -- mongodb-access-log [--records 5000000] [--size 5000]    (0 records: only how fast it takes them)
 * The records are spread evenly over the last 30 days. The server is one of its own, a replica set of one.
 */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DROP_REASON_NAMES, RecordIdSource, type AccessLogRecord } from '../src/common/contract/index.js';
import {
  RollupAccumulator,
  type AccessLogFilter,
  type AnalyticsQuery,
} from '../src/modules/logging/log-store.js';
import { MongodbAnalyticsStore } from '../src/modules/storage/mongodb/mongodb-analytics.store.js';
import { startMongod } from '../test/support/mongod.js';
import { openMongodbAccessLog, type MongodbAccessLog } from '../test/support/mongodb-access-log.js';
import { RandomRecords } from '../test/support/random-records.js';
import { reached } from '../test/support/stores.js';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '5000000' },
    size: { type: 'string', default: '5000' },
  },
});
const RECORDS = Number(values.records);
const SIZE = Number(values.size);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const END = Date.now();
const START = END - 30 * DAY;
const ROUNDS = 20;
/** Clock ticks of /proc per second. */
const TICKS = 100;

const random = new RandomRecords(1);
const ids = new RecordIdSource();

/** The lower ones far more often than the others, as paths and clients of a site are. */
function skewed(below: number): number {
  return Math.floor(below * (random.integer(1e6) / 1e6) ** 3);
}

function exchange(index: number): AccessLogRecord {
  const time = START + Math.floor((index / Math.max(1, RECORDS)) * (END - START));
  const service = skewed(10);
  const dropReason = random.integer(50) === 0 ? random.one(DROP_REASON_NAMES) : null;
  const backend = dropReason === null ? `00000000000000${service}${random.integer(5)}` : null;
  const status = dropReason === null ? random.one([200, 200, 200, 200, 200, 304, 404, 500]) : 503;
  const totalUs = Math.floor(Math.exp(5 + random.integer(6_000) / 1_000));
  const id = ids.next(time);
  const attempt = {
    outcome: 'ok',
    status,
    connectUs: 0,
    firstByteUs: totalUs - 30,
    totalUs: totalUs - 20,
  } as const;
  return {
    id,
    time,
    requestId: id,
    service: `service-${service}`,
    host: `service-${service}.example.com`,
    method: random.integer(10) === 0 ? 'POST' : 'GET',
    path: `/api/v1/products/${skewed(2_000)}`,
    query: random.integer(4) === 0 ? 'page=2&size=50' : '',
    protocol: 'HTTP/1.1',
    status,
    dropReason,
    shadowReason: null,
    fallbackFrom: null,
    client: `10.0.${skewed(200)}.${random.integer(250)}`,
    backend,
    attempts: backend === null ? [] : [{ backend, ...attempt }],
    bytesIn: 0,
    bytesOut: random.integer(20_000),
    totalUs,
    queueUs: 0,
    connectUs: 0,
    firstByteUs: totalUs - 30,
    affinity: 'none',
    group: null,
    algorithm: 'least-connections',
    userAgent:
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
    referer: '',
    worker: random.integer(2),
    lane: 'wire',
    generation: 7,
    decision: null,
    headers: null,
    traceId: null,
    spanId: null,
    parentSpanId: null,
  };
}

function ourCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function serverCpuUs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS;
}

/** Waves, so that making the records is measured neither as time nor as CPU. */
async function fill({ connection, consignments }: MongodbAccessLog, pid: number): Promise<void> {
  const accumulator = new RollupAccumulator();
  const spent = { us: 0, server: 0, ms: 0, rollups: 0, records: 0 };
  let [index, sequence] = [0, 1];
  while (spent.records < RECORDS) {
    const wave = Array.from({ length: 2 * consignments.maxInFlight }, () => {
      const records = Array.from({ length: Math.min(SIZE, RECORDS - index) }, () => exchange(index++));
      for (const record of records) accumulator.add(record);
      const rollups = accumulator.take();
      spent.rollups += rollups.length;
      spent.records += records.length;
      return { source: 'bench', sequence: sequence++, records, rollups };
    });
    await settled(connection);
    const [us, server, ms] = [ourCpuUs(), serverCpuUs(pid), performance.now()];
    const going: Promise<void>[] = [];
    let before: Promise<void> = Promise.resolve();
    for (const [at, consignment] of wave.entries()) {
      if (at >= consignments.maxInFlight) await going[at - consignments.maxInFlight];
      before = consignments.deliver(consignment, before);
      going.push(before);
    }
    await Promise.all(going);
    spent.us += ourCpuUs() - us;
    spent.server += serverCpuUs(pid) - server;
    spent.ms += performance.now() - ms;
  }
  console.log(
    `${RECORDS} records, ${spent.rollups} roll-ups in ${(spent.ms / 1000).toFixed(1)} s: ` +
      `${Math.round((RECORDS / spent.ms) * 1000)} records/s, ${(spent.us / RECORDS).toFixed(1)} us of our CPU a record, ` +
      `${(spent.server / RECORDS).toFixed(1)} of the server's`,
  );
}

/** Making the records has held up this thread so long that the server may be taken for gone. */
async function settled(connection: MongodbAccessLog['connection']): Promise<void> {
  await setTimeout(100);
  await reached(connection, 'connected');
}

/** As a busy balancer ships: 20,000 records of each second, with their roll-ups. */
async function ship({ connection, consignments }: MongodbAccessLog, pid: number): Promise<void> {
  const accumulator = new RollupAccumulator();
  const wave = Array.from({ length: 16 }, (_, number) => {
    const records = Array.from({ length: SIZE }, (__, at) => {
      const time = END + Math.floor((number * SIZE + at) / 20);
      return { ...exchange(RECORDS), id: ids.next(time), time };
    });
    for (const record of records) accumulator.add(record);
    return { source: 'busy', sequence: number + 1, records, rollups: accumulator.take() };
  });
  const rollups = wave.reduce((sum, consignment) => sum + consignment.rollups.length, 0);
  await settled(connection);
  const [us, server, ms] = [ourCpuUs(), serverCpuUs(pid), performance.now()];
  const going: Promise<void>[] = [];
  let before: Promise<void> = Promise.resolve();
  for (const [at, consignment] of wave.entries()) {
    if (at >= consignments.maxInFlight) await going[at - consignments.maxInFlight];
    before = consignments.deliver(consignment, before);
    going.push(before);
  }
  await Promise.all(going);
  const count = wave.length * SIZE;
  console.log(
    `${count} records of a busy balancer with ${rollups} roll-ups: ` +
      `${Math.round((count / (performance.now() - ms)) * 1000)} records/s, ` +
      `${((ourCpuUs() - us) / count).toFixed(1)} us of our CPU a record, ` +
      `${((serverCpuUs(pid) - server) / count).toFixed(1)} of the server's`,
  );
}

async function time(name: string, ask: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await ask();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (ROUNDS - 1))]!.toFixed(0).padStart(6);
  console.log(`${name.padEnd(50)} p50 ${at(0.5)} ms   p95 ${at(0.95)} ms`);
}

async function questions(analytics: MongodbAnalyticsStore): Promise<void> {
  for (const [range, lengthMs, stepMs] of [
    ['hour', HOUR, 60_000],
    ['day', DAY, HOUR],
    ['month', 30 * DAY, DAY],
  ] as const) {
    const asked: AnalyticsQuery = {
      from: END - lengthMs,
      to: END,
      filter: {},
      groupBy: null,
      stepMs: null,
      latency: true,
      limit: 10,
      order: 'requests',
    };
    await time(`last ${range}: summary`, () => analytics.analyze(asked));
    await time(`last ${range}: time series`, () => analytics.analyze({ ...asked, stepMs }));
    await time(`last ${range}: of one service, by backend`, () =>
      analytics.analyze({ ...asked, stepMs, filter: { service: 'service-3' }, groupBy: 'backend' }),
    );
    await time(`last ${range}: top paths`, () =>
      analytics.analyze({ ...asked, groupBy: 'path', latency: false }),
    );
    await time(`last ${range}: top paths with latency`, () =>
      analytics.analyze({ ...asked, groupBy: 'path' }),
    );
    await time(`last ${range}: top clients`, () =>
      analytics.analyze({ ...asked, groupBy: 'client', latency: false }),
    );
  }
}

const PAGES: AccessLogFilter[] = [
  {},
  { service: 'service-3' },
  { backend: '0000000000000031' },
  { status: 404 },
  { statusClass: 5 },
  { statusClass: 1 },
  { method: 'POST' },
  { method: 'PURGE' },
  { dropReason: 'rate_limited' },
  { dropped: true },
  { dropped: false },
  { client: '10.0.3.7' },
  { pathPrefix: '/api/v1/products/19' },
  { pathPrefix: '/nowhere' },
  { requestId: '0'.repeat(24) },
  { from: START + 3 * DAY, to: START + 4 * DAY },
];

const mongod = await startMongod({ cacheGb: 4 });
if (mongod === null) process.exit(1);
const log = await openMongodbAccessLog(mongod, mongod.database);
try {
  await ship(log, mongod.pid);
  if (RECORDS > 0) await fill(log, mongod.pid);
  await questions(new MongodbAnalyticsStore(log.connection));
  for (const filter of PAGES) {
    await time(`first page of ${JSON.stringify(filter)}`, () => log.accessLog.query(filter, { limit: 100 }));
  }
} finally {
  await log.close();
  await mongod.stop();
}
