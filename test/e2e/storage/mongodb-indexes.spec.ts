import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  RollupAccumulator,
  rangePieces,
  type AccessLogFilter,
} from '../../../src/modules/logging/log-store.js';
import { accessLogFilter } from '../../../src/modules/storage/mongodb/log-filters.js';
import { rollupConditions } from '../../../src/modules/storage/mongodb/rollup.conditions.js';
import { startMongod, type Mongod } from '../../support/mongod.js';
import { openMongodbAccessLog, type MongodbAccessLog } from '../../support/mongodb-access-log.js';
import { RandomRecords } from '../../support/random-records.js';
import { LogRecords, START } from './log-records.js';

const mongod = await startMongod();
afterAll(() => mongod?.stop());

const COMMON = 20_000;
const RARE = 5;
const random = new RandomRecords(8);
const makers = new LogRecords(random);
const common = {
  service: 'shop',
  backend: '00112233445566aa',
  status: 200,
  method: 'GET',
  client: '10.0.0.1',
  path: '/common',
  dropReason: null,
  requestId: 'often',
} as const;
const rare = {
  service: 'old',
  backend: '00112233445566bb',
  status: 404,
  method: 'PURGE',
  client: '10.9.9.9',
  path: '/rare/one',
  dropReason: 'no_backend',
  requestId: 'seldom',
} as const;

/** What is older is what is rare: a search by time alone would have to read everything. */
const records = Array.from({ length: COMMON + RARE }, (_, index) =>
  makers.access({ ...(index < RARE ? rare : common), time: START + index }),
);

const filters: AccessLogFilter[] = [
  {},
  { service: 'old' },
  { service: 'shop' },
  { backend: rare.backend },
  { status: 404 },
  { statusClass: 4 },
  { statusClass: 2 },
  { method: 'PURGE' },
  { method: 'GET' },
  { client: rare.client },
  { pathPrefix: '/rare' },
  { pathPrefix: '/' },
  { requestId: 'seldom' },
  { dropReason: 'no_backend' },
  { dropped: true },
  { dropped: false },
  { from: START, to: START + RARE },
];

interface Plan {
  readonly stage: string;
  readonly inputStage?: Plan;
  readonly inputStages?: readonly Plan[];
}

function stagesOf({ stage, inputStage, inputStages = [] }: Plan): string[] {
  const inner = inputStage === undefined ? inputStages : [inputStage, ...inputStages];
  return [stage, ...inner.flatMap(stagesOf)];
}

describe.skipIf(mongod === null)('indexes in MongoDB', () => {
  const { uri, database } = mongod as Mongod;
  let log: MongodbAccessLog;

  beforeAll(async () => {
    log = await openMongodbAccessLog({ uri }, database);
    const accumulator = new RollupAccumulator();
    for (const record of records) accumulator.add(record);
    const consignment = { source: 'a', sequence: 1, records, rollups: accumulator.take() };
    await log.consignments.deliver(consignment, Promise.resolve());
  });
  afterAll(() => log.close());

  it.each(filters)('find the first page of %j without reading the others', async (filter) => {
    const conditions = accessLogFilter(filter);
    const found = log.db
      .collection('access_logs')
      .find(conditions.length === 0 ? {} : { $and: conditions })
      .sort({ time: -1, _id: -1 })
      .limit(101);
    const { executionStats, queryPlanner } = await found.explain('executionStats');
    expect(stagesOf(queryPlanner.winningPlan as Plan)).not.toContain('COLLSCAN');
    // A class of statuses looks at each of its hundred.
    expect(executionStats.totalKeysExamined).toBeLessThan(400);
    expect(executionStats.totalDocsExamined).toBeLessThanOrEqual(102);
  });

  it('find roll-ups by cube, resolution and time', async () => {
    const pieces = rangePieces({ from: START - 3 * 86_400_000, to: START + 7 * 86_400_000 }, 'day');
    const explained = await log.db
      .collection('access_rollups')
      .find(rollupConditions('traffic', pieces, {}))
      .explain('executionStats');
    const { totalDocsExamined, nReturned } = explained.executionStats;
    expect(nReturned).toBeGreaterThan(0);
    expect(totalDocsExamined).toBe(nReturned);
  });

  it('of an older version that are no longer needed go away, those of others stay', async () => {
    const fresh = await openMongodbAccessLog({ uri }, `${database}_older`);
    const collection = fresh.db.collection('access_logs');
    await collection.dropIndex('reasons');
    const partial = { partialFilterExpression: { dropReason: { $gt: '' } } };
    await collection.createIndex({ dropReason: 1, time: -1, _id: -1 }, partial);
    await collection.createIndex({ host: 1 });
    await fresh.close();
    const again = await openMongodbAccessLog({ uri }, `${database}_older`);
    const names = (await again.db.collection('access_logs').indexes()).map(({ name }) => name);
    expect(names).toContain('reasons');
    expect(names).toContain('host_1');
    expect(names).not.toContain('dropReason_1_time_-1__id_-1');
    await again.close();
  });

  it('remove old roll-ups of each resolution, as the settings say at each start', async () => {
    const day = 86_400_000;
    const seen: unknown[] = [];
    for (const rollups of [
      { minutesMs: 8 * day, hoursMs: 100 * day, daysMs: 1_095 * day },
      { minutesMs: day, hoursMs: 0, daysMs: 1_095 * day },
      { minutesMs: 2 * day, hoursMs: 50 * day, daysMs: 0 },
    ]) {
      const fresh = await openMongodbAccessLog({ uri }, `${database}_kept`, { rollups });
      const indexes = await fresh.db.collection('access_rollups').indexes();
      seen.push(
        Object.fromEntries(
          indexes
            .filter(({ expireAfterSeconds }) => expireAfterSeconds !== undefined)
            .map((index) => [index['partialFilterExpression']?.['resolution'], index['expireAfterSeconds']]),
        ),
      );
      await fresh.close();
    }
    expect(seen).toEqual([
      { minute: 691_200, hour: 8_640_000, day: 94_608_000 },
      { minute: 86_400, day: 94_608_000 },
      { minute: 172_800, hour: 4_320_000 },
    ]);
  });
});
