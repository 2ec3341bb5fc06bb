import { afterAll, describe, expect, it } from 'vitest';
import type { AccessLogRecord } from '../../src/common/contract/index.js';
import type { AnalyticsLatency } from '../../src/modules/admin/resources/analytics.resource.js';
import type { AccessLogStatus } from '../../src/modules/logging/index.js';
import type { BalancerProcess } from '../support/balancer-process.js';
import { configOf, Stage, STEADY_HEALTH } from '../support/balanced.js';
import { eventually } from '../support/eventually.js';
import { request } from '../support/load.js';
import { type Mongod, MONGOD_IS_GIVEN, startMongod } from '../support/mongod.js';
import { storedRecords } from '../support/recorded.js';

/** At least so long MongoDB is away: `VELOCITY_OUTAGE_SECONDS=60 npx vitest run --project e2e test/faults/access-log.spec.ts`. */
const OUTAGE_MS = Number(process.env['VELOCITY_OUTAGE_SECONDS'] ?? 0) * 1_000;

/** Requests one after the other on several connections; each has a query of its own. */
class CountedLoad {
  /** When the answer to which query came, by a clock that does not step. */
  readonly answered = new Map<string, number>();
  /** What came of the others. */
  readonly failed: string[] = [];
  private isStopped = false;
  private sent = 0;
  private readonly clients: Promise<void>[];

  constructor(port: number, clients: number) {
    this.clients = Array.from({ length: clients }, () => this.client(port));
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.clients);
  }

  private async client(port: number): Promise<void> {
    while (!this.isStopped) {
      const query = `n=${this.sent++}`;
      const { status, body, error } = await request({ port, host: 'any', path: `/?${query}` });
      if (status === 200) this.answered.set(query, performance.now());
      else this.failed.push(`${query}: ${status} ${error || body}`);
      if (status === 0) return;
    }
  }
}

async function accessLogOf(balancer: BalancerProcess): Promise<AccessLogStatus> {
  return (await balancer.api<{ accessLog: AccessLogStatus }>('GET', '/api/v1/status')).body.accessLog;
}

async function requestsIn(balancer: BalancerProcess): Promise<number> {
  const { body } = await balancer.api<{ ledger: { received: number } }>('GET', '/api/v1/status');
  return body.ledger.received;
}

/** Of the last hour, from roll-ups. */
async function sumsOf(balancer: BalancerProcess): Promise<object> {
  const { body } = await balancer.api<AnalyticsLatency>('GET', '/api/v1/analytics/latency?from=-1h');
  const timed = body.histogram.reduce((sum, { count }) => sum + count, 0);
  return { source: body.source, ...body.total, timed };
}

function countedOneByOne(records: readonly AccessLogRecord[]): object {
  return {
    source: 'rollups',
    requests: records.length,
    errors: records.filter(({ dropReason, status }) => dropReason === null && status >= 500).length,
    drops: records.filter(({ dropReason }) => dropReason !== null).length,
    bytesIn: records.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
    bytesOut: records.reduce((sum, { bytesOut }) => sum + bytesOut, 0),
    timed: records.length,
  };
}

const stage = new Stage();

describe('kill -9 of a balancer under load', () => {
  it('costs no record that is older than a second, stores none twice, and sums up those that it has', async () => {
    const backend = await stage.backend();
    const config = configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }]);
    const first = await stage.balancer(config);
    const load = new CountedLoad(first.trafficPort, 8);
    await eventually(async () => expect(load.answered.size).toBeGreaterThan(3_000));
    const killedAt = performance.now();
    await first.stop('SIGKILL');
    await load.stop();

    const second = await stage.balancer(config, { dir: first.dir });
    const older = [...load.answered].filter(([, at]) => at < killedAt - 1_000).map(([query]) => query);
    expect(older.length).toBeGreaterThan(0);
    await eventually(async () => {
      expect(await accessLogOf(second)).toMatchObject({ buffered: 0, lost: 0 });
      const records = await storedRecords(second);
      const found = new Set(records.map(({ query }) => query));
      expect(found.size).toBe(records.length);
      expect(older.filter((query) => !found.has(query))).toEqual([]);
      expect(await sumsOf(second)).toMatchObject(countedOneByOne(records));
    });
    expect(await second.stop()).toBe(0);
  }, 120_000);
});

const server = await startMongod();
afterAll(() => server?.stop());

describe.skipIf(server === null || MONGOD_IS_GIVEN)('a MongoDB that is killed under load', () => {
  const mongod = server as Mongod;

  it('has every record exactly once when it is back', async () => {
    const backend = await stage.backend();
    const balancer = await stage.balancer(
      configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }], {
        storage: { driver: 'mongodb', uri: mongod.uri, database: mongod.database },
      }),
    );
    const load = new CountedLoad(balancer.trafficPort, 8);
    await eventually(async () => expect((await accessLogOf(balancer)).stored).toBeGreaterThan(500));
    await mongod.kill();
    const before = load.answered.size;
    const killedAt = performance.now();
    await eventually(async () => {
      expect(load.answered.size).toBeGreaterThan(before + 3_000);
      expect(performance.now() - killedAt).toBeGreaterThan(OUTAGE_MS);
    }, 30_000 + OUTAGE_MS);
    expect((await accessLogOf(balancer)).buffered).toBeGreaterThan(0);
    await mongod.restart();
    await load.stop();
    expect(load.failed).toEqual([]);
    const sent = await requestsIn(balancer);
    expect(sent).toBe(load.answered.size);
    await eventually(async () => {
      expect(await accessLogOf(balancer)).toMatchObject({
        received: sent,
        stored: sent,
        buffered: 0,
        lost: 0,
      });
    }, 60_000);
    const found = (await storedRecords(balancer)).map(({ query }) => query);
    expect(found.toSorted()).toEqual([...load.answered.keys()].toSorted());
  }, 240_000);
});
