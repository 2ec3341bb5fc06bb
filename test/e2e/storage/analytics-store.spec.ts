import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessLogRecord } from '../../../src/common/contract/index.js';
import {
  ANALYTICS_DIMENSIONS,
  ANALYTICS_ORDERS,
  RollupAccumulator,
  type AnalyticsFilter,
  type AnalyticsQuery,
} from '../../../src/modules/logging/log-store.js';
import { deliverAll, type OpenAnalytics } from '../../support/analytics-drivers.js';
import { BruteForceAnalytics } from '../../support/brute-force.analytics.js';
import { mongodbAnalytics } from '../../support/mongodb-analytics.js';
import { RandomRecords } from '../../support/random-records.js';
import { sqliteAnalytics } from '../../support/sqlite-analytics.js';
import { HOSTILE, LogRecords } from './log-records.js';

const drivers = [await sqliteAnalytics(), await mongodbAnalytics()];
afterAll(() => Promise.all(drivers.map((driver) => driver.stop())));

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Stores remove roll-ups by their age: what is tested must be young, and whole days of it must be over. */
const TODAY = Math.floor(Date.now() / DAY) * DAY;
const START = TODAY - 4 * DAY;

const random = new RandomRecords(21);
const makers = new LogRecords(random);

/** Four days with bursts: some minutes have many exchanges, most have none. */
function exchanges(count: number): AccessLogRecord[] {
  return Array.from({ length: count }, () => {
    const time =
      random.integer(3) === 0
        ? START + random.integer(4) * DAY + random.integer(24) * HOUR + random.integer(3) * 20_000
        : START + random.integer(4 * DAY);
    return makers.access({
      time,
      status: random.one([101, 200, 204, 301, 404, 499, 500, 503]),
      bytesOut: random.integer(1e9),
      totalUs: random.integer(2) === 0 ? random.integer(2e8) : random.integer(1e4),
      path: random.one(['/', '/a', '/b', `/${'long'.repeat(90)}`, ...HOSTILE]),
    });
  }).toSorted((a, b) => a.time - b.time);
}

function query(changes: Partial<AnalyticsQuery> = {}): AnalyticsQuery {
  return {
    from: START,
    to: TODAY,
    filter: {},
    groupBy: null,
    stepMs: null,
    latency: true,
    limit: 100,
    order: 'requests',
    ...changes,
  };
}

const FILTERS: AnalyticsFilter[] = [
  {},
  { service: 'shop' },
  { service: 'nobody' },
  { service: HOSTILE[0] },
  { backend: '00112233445566aa' },
  { status: 500 },
  { statusClass: 4 },
  { dropReason: 'no_backend' },
  { dropped: true },
  { dropped: false, statusClass: 5 },
  { path: '/a' },
  { path: `/${'long'.repeat(90)}` },
  { path: HOSTILE[2] },
  { client: '10.0.0.1' },
  { client: "' OR 1=1", service: 'api' },
  { path: '/', client: '2001:db8::7' },
  { path: '/', status: 200, service: 'shop' },
];

function anyQuery(): AnalyticsQuery {
  const length = random.one([1, 5 * MINUTE, HOUR, 3 * HOUR + 7 * MINUTE, DAY, 3 * DAY]);
  const from = START - HOUR + random.integer(4 * DAY);
  const stepMs = random.one([null, null, MINUTE, 5 * MINUTE, 90 * MINUTE, HOUR, 6 * HOUR, DAY, 2 * DAY]);
  return query({
    filter: random.one([{}, ...FILTERS]),
    from,
    to: from + length,
    // So that the answer is not too large.
    stepMs: stepMs !== null && length / stepMs > 90 ? null : stepMs,
    groupBy: random.one([null, ...ANALYTICS_DIMENSIONS]),
    latency: random.integer(2) === 0,
    limit: random.one([1, 2, 5, 1_000]),
    order: random.one(ANALYTICS_ORDERS),
  });
}

describe.each(drivers.filter((driver) => driver.available))('analytics on $name', (driver) => {
  const records = exchanges(4_000);
  const oracle = new BruteForceAnalytics(records);
  let open: OpenAnalytics;

  beforeAll(async () => {
    open = await driver.open();
    await deliverAll(open.consignments, records, 300);
  });
  afterAll(() => open.close());

  /** What the store and the plain count say. The query is part of both, so that a failure names it. */
  async function answers(asked: AnalyticsQuery) {
    const [found, expected] = await Promise.all([open.analytics.analyze(asked), oracle.analyze(asked)]);
    return { found: { asked, ...found }, expected: { asked, ...expected } };
  }

  it('answers every dimension and filter as a plain count of the records does', async () => {
    for (const groupBy of [null, ...ANALYTICS_DIMENSIONS]) {
      for (const filter of FILTERS) {
        const { found, expected } = await answers(query({ groupBy, filter, latency: false }));
        expect(found).toEqual(expected);
      }
    }
  });

  it('answers questions of all kinds', async () => {
    for (let round = 0; round < 300; round++) {
      const { found, expected } = await answers(anyQuery());
      expect(found).toEqual(expected);
    }
  });

  it('has nothing to say about times without exchanges', async () => {
    for (const range of [
      { from: 0, to: DAY },
      { from: TODAY + 10 * DAY, to: TODAY + 11 * DAY },
      { from: START, to: START },
    ]) {
      const { rows } = await open.analytics.analyze(query({ ...range, stepMs: DAY, groupBy: 'service' }));
      expect(rows).toEqual([]);
    }
  });

  it('refuses an answer with too many rows', async () => {
    const asked = query({ from: 0, stepMs: MINUTE, groupBy: 'path', limit: 1_000 });
    await expect(open.analytics.analyze(asked)).rejects.toMatchObject({ code: 'QUERY_TOO_LARGE' });
  });

  it('counts a consignment once, however often it is delivered', async () => {
    const fresh = await driver.open();
    const accumulator = new RollupAccumulator();
    const parts = [records.slice(0, 200), records.slice(200, 500), records.slice(500, 600)];
    const consignments = parts.map((part, index) => {
      for (const record of part) accumulator.add(record);
      return { source: 'spool-a', sequence: index + 1, records: part, rollups: accumulator.take() };
    });
    for (const consignment of consignments) {
      await fresh.consignments.deliver(consignment, Promise.resolve());
      await fresh.consignments.deliver(consignment, Promise.resolve());
      await fresh.consignments.deliver(consignments[0]!, Promise.resolve());
    }
    await fresh.consignments.settle();
    const delivered = new BruteForceAnalytics(records.slice(0, 600));
    for (const groupBy of ['path', 'backend', 'client'] as const) {
      const asked = query({ groupBy });
      expect(await fresh.analytics.analyze(asked)).toEqual(await delivered.analyze(asked));
    }
    await fresh.close();
  });

  it('adds up what several balancers deliver, each with sequences of its own', async () => {
    const fresh = await driver.open();
    await deliverAll(fresh.consignments, records.slice(0, 900), 300, 'spool-a');
    await deliverAll(fresh.consignments, records.slice(900, 1_800), 450, 'spool-b');
    const delivered = new BruteForceAnalytics(records.slice(0, 1_800));
    for (const asked of [query({ groupBy: 'service', stepMs: HOUR }), query({ groupBy: 'path' })]) {
      expect(await fresh.analytics.analyze(asked)).toEqual(await delivered.analyze(asked));
    }
    await fresh.close();
  });

  it('counts exchanges of which no record was kept', async () => {
    const fresh = await driver.open();
    const accumulator = new RollupAccumulator();
    for (const record of records.slice(0, 300)) accumulator.add(record);
    const rollups = accumulator.take();
    const consignment = { source: 'a', sequence: 1, records: records.slice(0, 3), rollups };
    await fresh.consignments.deliver(consignment, Promise.resolve());
    const asked = query({ groupBy: 'statusClass' });
    const counted = new BruteForceAnalytics(records.slice(0, 300));
    expect(await fresh.analytics.analyze(asked)).toEqual(await counted.analyze(asked));
    await fresh.close();
  });
});
