/**
 * The access log in SQLite at size: rows/s and CPU time per record of storing it, then the time that the dashboard's
 * questions and the log explorer's first pages take. Run:
 *   npm run bench -- sqlite-access-log [records in millions, 5] [file, made in the temporary folder when omitted]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccessLogRecord, DROP_REASON_NAMES, encodeRecords } from '../src/common/contract/index.js';
import {
  type AccessLogFilter,
  type AnalyticsQuery,
  RollupAccumulator,
} from '../src/modules/logging/log-store.js';
import { SqliteAccessLogStore } from '../src/modules/storage/sqlite/access-log/sqlite-access-log.store.js';
import { SqliteConnection } from '../src/modules/storage/sqlite/sqlite.connection.js';
import { ACCESS_LOG_FILE } from '../src/modules/storage/sqlite/sqlite.file.js';
import { RandomRecords } from '../test/support/random-records.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RECORDS = Number(process.argv[2] ?? 5) * 1e6;
const CONSIGNMENT = 20_000;
const END = Math.floor(Date.now() / MINUTE) * MINUTE;
const START = END - 30 * DAY;
const SERVICES = 10;
const BACKENDS = 5;

const random = new RandomRecords(1);
const agents = Array.from(
  { length: 40 },
  (_, index) =>
    `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/${100 + index}.0.0.0 Safari/537.36`,
);

/** The lower ones far more often than the others, as paths and clients of a site are. */
function skewed(below: number): number {
  return Math.floor(below * (random.integer(1e6) / 1e6) ** 3);
}

function timeOf(index: number): number {
  return START + Math.floor((index / RECORDS) * (END - START));
}

function exchange(index: number, time = timeOf(index)): AccessLogRecord {
  const service = skewed(SERVICES);
  const dropReason = random.integer(50) === 0 ? random.one(DROP_REASON_NAMES) : null;
  const backend = dropReason === null ? `00000000000000${service}${random.integer(BACKENDS)}` : null;
  const status = dropReason === null ? random.one([200, 200, 200, 200, 200, 200, 304, 404, 500]) : 503;
  const client = skewed(50_000);
  const totalUs = Math.floor(Math.exp(5 + random.integer(6_000) / 1_000));
  const id =
    Math.floor(time / 1000)
      .toString(16)
      .padStart(8, '0') +
    'abcdefabcd' +
    (index % 0xffffff).toString(16).padStart(6, '0');
  const attempt = {
    backend: backend ?? '',
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
    client: `10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`,
    backend,
    attempts: backend === null ? [] : [attempt],
    bytesIn: 0,
    bytesOut: random.integer(20_000),
    totalUs,
    queueUs: 0,
    connectUs: 0,
    firstByteUs: totalUs - 30,
    affinity: 'none',
    group: null,
    algorithm: 'least-connections',
    userAgent: random.one(agents),
    referer: '',
    worker: random.integer(2),
    lane: 'wire',
    generation: 7,
    decision: null,
    headers: null,
    traceId: null,
    spanId: null,
    parentSpanId: null,
  } as AccessLogRecord;
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** `perMs`: so many records a millisecond; null: all over the month. */
async function fill(target: SqliteAccessLogStore, count: number, perMs: number | null): Promise<void> {
  const accumulator = new RollupAccumulator();
  const spent = { sums: 0, store: 0, wallMs: 0, longestMs: 0 };
  const source = perMs === null ? 'month' : 'burst';
  let sequence = await target.sequenceOf(source);
  for (let index = sequence * CONSIGNMENT; index < count; index += CONSIGNMENT) {
    const records = Array.from({ length: CONSIGNMENT }, (_, at) =>
      perMs === null
        ? exchange(index + at)
        : exchange(index + at, START - DAY + Math.floor((index + at) / perMs)),
    );
    const encoded = encodeRecords(records);
    const started = performance.now();
    let before = cpuUs();
    for (const record of encoded) accumulator.add(record);
    const consignment = { source, sequence: ++sequence, records: [], encoded, rollups: accumulator.take() };
    spent.sums += cpuUs() - before;
    before = cpuUs();
    const handedOver = performance.now();
    await target.deliver(consignment);
    if (sequence % 20 === 0) await target.settle();
    spent.store += cpuUs() - before;
    spent.longestMs = Math.max(spent.longestMs, performance.now() - handedOver);
    spent.wallMs += performance.now() - started;
  }
  const perRecord = (us: number) => (us / count).toFixed(2);
  console.log(
    `sums: ${perRecord(spent.sums)} us CPU per record; storing: ${perRecord(spent.store)} us CPU per record`,
  );
  console.log(
    `${Math.round((count / spent.wallMs) * 1000)} records/s; longest consignment of ${CONSIGNMENT}: ${spent.longestMs.toFixed(0)} ms`,
  );
}

async function measure(name: string, run: () => Promise<number>): Promise<void> {
  const times: number[] = [];
  const cpu = cpuUs();
  let rows = 0;
  for (let round = 0; round < 20; round++) {
    const started = performance.now();
    rows = await run();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const shown = [times[9]!, times[18]!, (cpuUs() - cpu) / 20_000].map((ms) => ms.toFixed(1).padStart(7));
  console.log(`${name.padEnd(44)} ${shown.join(' ')} ms p50, p95, CPU; ${rows} rows`);
}

async function questions(store: SqliteAccessLogStore): Promise<void> {
  const ranges = { hour: [HOUR, MINUTE], day: [DAY, 5 * MINUTE], month: [30 * DAY, 6 * HOUR] } as const;
  const base = {
    filter: {},
    latency: true,
    limit: 10,
    order: 'requests',
    groupBy: null,
    stepMs: null,
  } as const;
  for (const [name, [length, stepMs]] of Object.entries(ranges)) {
    const range = { ...base, from: END - length, to: END };
    const asked: Record<string, AnalyticsQuery> = {
      summary: range,
      chart: { ...range, stepMs },
      'chart by status class': { ...range, stepMs, groupBy: 'statusClass' },
      'chart of a service by backend': {
        ...range,
        stepMs,
        groupBy: 'backend',
        filter: { service: 'service-0' },
      },
      'top paths': { ...range, groupBy: 'path' },
      'top clients by bytes': { ...range, groupBy: 'client', order: 'bytesOut', latency: false },
      'drops by reason': { ...range, groupBy: 'dropReason', filter: { dropped: true } },
    };
    for (const [question, query] of Object.entries(asked)) {
      await measure(`last ${name}: ${question}`, async () => (await store.analyze(query)).rows.length);
    }
  }
}

async function pages(store: SqliteAccessLogStore): Promise<void> {
  const { items } = await store.query({}, { limit: 1 });
  const oldest = await store.query({ to: START + HOUR }, { limit: 1 });
  const filters: AccessLogFilter[] = [
    {},
    { service: 'service-9' },
    { service: 'nobody' },
    { backend: '0000000000000094' },
    { status: 500 },
    { status: 200 },
    { status: 418 },
    { statusClass: 3 },
    { statusClass: 1 },
    { dropReason: 'rate_limited' },
    { dropped: true },
    { dropped: false },
    { method: 'POST' },
    { method: 'PURGE' },
    { pathPrefix: '/api/v1/products/1999' },
    { pathPrefix: '/api/' },
    { pathPrefix: '/nothing' },
    { client: '10.0.195.70' },
    { client: '192.0.2.1' },
    { requestId: items[0]!.requestId },
    { requestId: oldest.items[0]!.requestId },
    { to: START + 15 * DAY },
  ];
  for (const filter of filters) {
    await measure(
      JSON.stringify(filter),
      async () => (await store.query(filter, { limit: 100 })).items.length,
    );
  }
}

const folder = process.argv[3] === undefined ? mkdtempSync(join(tmpdir(), 'velocity-bench-')) : null;
const file = process.argv[3] ?? join(folder!, 'access.db');
const connection = new SqliteConnection(file, ACCESS_LOG_FILE);
await connection.open();
const store = new SqliteAccessLogStore(connection);
await fill(store, 500_000, 50);
await fill(store, RECORDS, null);
console.log(`${(statSync(file).size / RECORDS).toFixed(0)} bytes of the file per record`);
await questions(store);
await pages(store);
await connection.close();
if (folder !== null) rmSync(folder, { recursive: true });
