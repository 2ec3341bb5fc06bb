import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type RateLimitSettings,
  SharedLimitCell,
  SharedLimitState,
} from '../../src/common/contract/index.js';
import { eventually } from '../support/eventually.js';
import { type LaneFixture, LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { rateLimit } from '../support/rate-limits.js';
import { HAS_REDIS, RedisServer } from '../support/redis-server.js';
import { problemIn } from '../support/raw-client.js';
import { valueOf } from '../support/raw-message.js';

/** Long: a machine that is busy must not look like a Redis that is slow. */
const PATIENT_MS = 1_000;
const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

function shared(settings: Partial<RateLimitSettings> = {}): RateLimitSettings {
  return rateLimit({ limit: 3, burst: 3, shared: true, ...settings });
}

async function becomes(lane: LaneFixture, state: SharedLimitState): Promise<void> {
  await lane.until(() => lane.events.findLast((event) => event.kind === 'shared-limits')?.state === state);
}

const countOf = (lane: LaneFixture, cell: keyof typeof SharedLimitCell): number =>
  lane.memory.memory.workers[0]!.sharedLimits[SharedLimitCell[cell]]!;

async function statuses(lane: LaneFixture, count: number): Promise<number[]> {
  const client = await lane.connect();
  const found: number[] = [];
  for (let index = 0; index < count; index++) found.push((await client.ask(REQUEST)).status);
  client.close();
  return found;
}

describe.skipIf(!HAS_REDIS).each(LANES)('rate limits over several balancers in lane %s', (kind) => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    const client = redis.client();
    await client.flushall();
    client.disconnect();
  });

  async function balancer(rateLimits: readonly RateLimitSettings[], timeoutMs = PATIENT_MS) {
    const settings = { url: redis.url, prefix: 'velocity', timeoutMs };
    const lane = await startLane(kind, [await Origin.answering(OK)], {
      service: { rateLimits },
      redis: settings,
    });
    await becomes(lane, SharedLimitState.up);
    return lane;
  }

  it('counts as one, and says when to come again', async () => {
    const [first, second] = [await balancer([shared()]), await balancer([shared()])];
    expect(await statuses(second, 1)).toEqual([200]);
    expect(await statuses(first, 2)).toEqual([200, 200]);
    const refused = await second.ask(REQUEST);
    expect([refused.status, problemIn(refused)]).toMatchObject([429, { reason: 'rate_limited' }]);
    expect(Number(valueOf(refused, 'retry-after'))).toBeGreaterThan(1_190);
    expect(valueOf(refused, 'ratelimit-policy')).toBe('"ip";q=3;w=3600');
    expect(await statuses(first, 1)).toEqual([429]);
    expect([countOf(second, 'asked'), countOf(second, 'refused'), countOf(second, 'alone')]).toEqual([
      2, 1, 0,
    ]);
    // What was refused once is known here: Redis is not asked about it again.
    expect(await statuses(second, 1)).toEqual([429]);
    expect(countOf(second, 'asked')).toBe(2);
    expect((await second.record(1)).dropReason).toBe('rate_limited');
  });

  it('leaves in Redis only names of one length that expire', async () => {
    const byKey = shared({ by: ['header'], header: 'x-api-key', limit: 3600, burst: 5 });
    const lane = await balancer([byKey]);
    const client = await lane.connect();
    for (const key of ['secret-1', 'x'.repeat(4_000), '']) {
      await client.ask(`GET / HTTP/1.1\r\nHost: a\r\nX-Api-Key: ${key}\r\n\r\n`);
    }
    client.close();
    const looking = redis.client();
    const names = (await looking.keys('velocity:limits:*')).filter((name) => !name.endsWith(':trial'));
    expect(names).toHaveLength(3);
    for (const name of names) {
      expect(name).toMatch(/^velocity:limits:[\w-]{22}$/);
      expect(await looking.pttl(name)).toBeGreaterThan(0);
      expect(await looking.pttl(name)).toBeLessThanOrEqual(5_000);
    }
    looking.disconnect();
  });

  it('gives back what other rules counted when one refuses', async () => {
    const rules = [shared({ name: 'all', by: [] }), shared({ limit: 1, burst: 1 })];
    const [first, second] = [await balancer(rules), await balancer(rules)];
    expect(await statuses(first, 1)).toEqual([200]);
    expect(await statuses(second, 5)).toEqual(Array(5).fill(429));
    const looking = redis.client();
    const [key] = (await looking.keys('velocity:limits:*')).filter((name) => !name.endsWith(':trial'));
    expect(key).toBeDefined();
    const ahead = await Promise.all(
      (await looking.keys('velocity:limits:*')).map((name) => looking.pttl(name)),
    );
    looking.disconnect();
    // One of each rule is owed: 20 minutes of the first, an hour of the second.
    expect(ahead.filter((ms) => ms > 21 * 60_000)).toHaveLength(1);
  });

  it('in shadow refuses nothing and records what it would have', async () => {
    const rule = shared({ limit: 1, burst: 1, shadow: true });
    const [first, second] = [await balancer([rule]), await balancer([rule])];
    expect([await statuses(first, 1), await statuses(second, 1)]).toEqual([[200], [200]]);
    expect((await first.record()).shadowReason).toBe(null);
    expect((await second.record()).shadowReason).toBe('rate_limited');
  });

  it('limits alone while Redis is dead, and together again when it is back', async () => {
    const lane = await balancer([shared()]);
    expect(await statuses(lane, 1)).toEqual([200]);
    await redis.kill();
    await becomes(lane, SharedLimitState.away);
    expect(await statuses(lane, 3)).toEqual([200, 200, 429]);
    expect([countOf(lane, 'asked'), countOf(lane, 'alone')]).toEqual([1, 2]);
    await redis.restart();
    await becomes(lane, SharedLimitState.up);
    expect(lane.events).toMatchObject([
      { state: SharedLimitState.up },
      { state: SharedLimitState.away },
      { state: SharedLimitState.up },
    ]);
    const other = await balancer([shared()]);
    expect(await statuses(other, 4)).toEqual([200, 200, 200, 429]);
  });

  it('waits for a Redis that does not answer once, and no more', async () => {
    const lane = await balancer([shared({ limit: 1_000, burst: 1_000 })], 100);
    redis.pause();
    expect(await statuses(lane, 20)).toEqual(Array(20).fill(200));
    expect((await lane.record(0)).queueUs).toBeGreaterThan(50_000);
    await lane.record(19);
    expect(lane.records.slice(1).map(({ queueUs }) => queueUs)).toEqual(Array(19).fill(0));
    expect(lane.events.at(-1)).toMatchObject({
      state: SharedLimitState.away,
      reason: 'no answer within 100 ms',
    });
    redis.resume();
    await becomes(lane, SharedLimitState.up);
    expect(await statuses(lane, 1)).toEqual([200]);
  });

  it('is not troubled by a client that leaves while it waits', async () => {
    const lane = await balancer([shared()], PATIENT_MS);
    redis.pause();
    const client = await lane.connect();
    client.send(REQUEST);
    await eventually(async () => expect(countOf(lane, 'asked')).toBe(1));
    client.close();
    expect((await lane.record()).dropReason).toBe('client_closed');
    redis.resume();
  });
});
