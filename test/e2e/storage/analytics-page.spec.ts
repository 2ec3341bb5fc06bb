import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AFFINITY_RESULTS,
  DROP_REASON_NAMES,
  type AccessLogRecord,
  type HealthLogRecord,
} from '../../../src/common/contract/index.js';
import { MongodbHealthLogStore } from '../../../src/modules/storage/mongodb/mongodb-log.stores.js';
import { deliverAll } from '../../support/analytics-drivers.js';
import { startMongod, type Mongod } from '../../support/mongod.js';
import { openMongodbAccessLog, type MongodbAccessLog } from '../../support/mongodb-access-log.js';
import { RandomRecords } from '../../support/random-records.js';
import { QUESTIONS } from './analytics.questions.js';
import { LogRecords } from './log-records.js';

const PAGE = readFileSync(new URL('../../../docs/analytics.md', import.meta.url), 'utf8');
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** Pipelines of the page by their headings. */
const pipelines = new Map(
  PAGE.split(/^### /m)
    .slice(1)
    .flatMap((part) => {
      const code = /^```js\n([\s\S]*?)^```$/m.exec(part)?.[1];
      return code === undefined ? [] : [[part.slice(0, part.indexOf('\n')), code] as const];
    }),
);

const random = new RandomRecords(42);
const makers = new LogRecords(random);
const now = Date.now();

/** The last hour, but for its edges; hours of the last day; days of the last weeks, and of before. */
function someTime(): number {
  const kind = random.integer(4);
  if (kind < 2) return now - MINUTE - random.integer(50 * MINUTE);
  if (kind === 2) return now - 2 * 60 * MINUTE - random.integer(20 * 60 * MINUTE);
  return now - 2 * DAY - random.integer(40 * DAY);
}

const services = ['api', 'shop', null] as const;
const records: AccessLogRecord[] = Array.from({ length: 4_000 }, () => {
  const totalUs = random.integer(random.one([5_000, 80_000, 3_000_000]));
  return makers.access({
    time: someTime(),
    service: random.one(services),
    host: random.one(['api.example.com', 'shop.example.com', '']),
    path: random.one(['/', '/cart', '/cart/items', '/login', '/search']),
    status: random.one([101, 200, 200, 204, 302, 404, 500, 503]),
    client: `10.0.0.${10 + random.integer(30)}`,
    dropReason: random.one([null, null, null, random.one(DROP_REASON_NAMES)]),
    affinity: random.one(AFFINITY_RESULTS),
    bytesOut: random.integer(1e6),
    totalUs,
    // Random attempts are of any length: sums of theirs must be exact.
    attempts: Array.from({ length: random.integer(4) }, () => ({
      ...random.attempt(),
      backend: random.one(['00112233445566aa', '00112233445566bb']),
      totalUs: random.integer(1_000) * 1_000,
    })),
  });
}).toSorted((a, b) => a.time - b.time);

const health: HealthLogRecord[] = Array.from({ length: 300 }, () => {
  const passed = random.integer(2) === 0;
  return makers.health({
    time: random.one([now - 3 * DAY, now - MINUTE]) - random.integer(20 * 60 * MINUTE),
    kind: random.one(['probe', 'change', 'change', 'ejection'] as const),
    service: random.one(['api', 'shop']),
    passed,
    health: passed ? 'healthy' : 'unhealthy',
    error: passed ? '' : random.one(['timeout', 'status 503']),
  });
});

const mongod = await startMongod();
afterAll(() => mongod?.stop());

it('has a plain count for every pipeline of the page, and no other', () => {
  expect([...pipelines.keys()].toSorted()).toEqual(Object.keys(QUESTIONS).toSorted());
  expect(pipelines.size).toBeGreaterThanOrEqual(12);
});

it.each(['access_logs', 'health_logs', 'scaling_logs'] as const)(
  'the page names every field of %s',
  (collection) => {
    const [section = ''] = PAGE.split(`## ${collection}\n`)[1]?.split(/^## /m) ?? [];
    const samples = { access_logs: records[0], health_logs: health[0], scaling_logs: makers.scaling() };
    const sample = samples[collection];
    for (const field of Object.keys(sample!)) {
      expect(section).toContain(`\`${field === 'id' ? '_id' : field}\``);
    }
  },
);

describe.skipIf(mongod === null)('pipelines of docs/analytics.md', () => {
  let log: MongodbAccessLog;

  beforeAll(async () => {
    const { uri, database } = mongod as Mongod;
    log = await openMongodbAccessLog({ uri }, database);
    await deliverAll(log.consignments, records, 250);
    await new MongodbHealthLogStore(log.connection).append(health);
  });
  afterAll(() => log.close());

  /** Runs the text of the page as mongosh does. */
  async function ask(code: string): Promise<unknown> {
    const collection = (name: string) => ({
      aggregate: (stages: object[]) => log.db.collection(name).aggregate(stages).toArray(),
    });
    const db = Object.fromEntries(
      ['access_logs', 'access_rollups', 'health_logs'].map((name) => [name, collection(name)]),
    );
    return (await runInNewContext(code, { db, Date })) as unknown;
  }

  it.each([...pipelines.keys()])('%s', async (heading) => {
    const found = await ask(pipelines.get(heading)!);
    const expected = QUESTIONS[heading]!({ now, records, health });
    expect(expected.length).toBeGreaterThan(1);
    // Ids as texts, dates as they are written.
    expect(JSON.parse(JSON.stringify(found))).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  it('names every field of access_rollups, and the indexes that are there', async () => {
    const [section = ''] = PAGE.split('## access_rollups\n')[1]?.split(/^## /m) ?? [];
    for (const cube of ['traffic', 'paths', 'clients']) {
      const rollup = await log.db.collection('access_rollups').findOne({ cube });
      for (const field of Object.keys(rollup!)) expect(section).toContain(`\`${field}\``);
    }
    for (const name of ['access_logs', 'access_rollups', 'health_logs', 'scaling_logs']) {
      for (const { key } of await log.db.collection(name).indexes()) {
        if ('_id' in key && Object.keys(key).length === 1) continue;
        const written = Object.entries(key).map(([field, way]) => `${field}: ${String(way)}`);
        expect(PAGE.split(`## ${name}\n`)[1]?.split(/^## /m)[0]).toContain(`{ ${written.join(', ')} }`);
      }
    }
  });
});
