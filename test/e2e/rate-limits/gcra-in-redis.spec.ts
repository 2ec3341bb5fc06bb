import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LimitKey } from '../../../src/modules/proxy/policies/rate-limit/limit-key.js';
import { LimitRule } from '../../../src/modules/proxy/policies/rate-limit/limit.rule.js';
import { RedisSession } from '../../../src/modules/proxy/policies/rate-limit/shared/redis.session.js';
import { rateLimit } from '../../support/rate-limits.js';
import { HAS_REDIS, RedisServer } from '../../support/redis-server.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function rule(limit: number, windowMs: number, burst: number): LimitRule {
  const settings = rateLimit({ name: 'all', by: [], limit, windowMs, burst, shared: true });
  return new LimitRule('shop', settings, new LimitKey(new Int32Array(3)));
}

describe.skipIf(!HAS_REDIS)('the count in Redis', () => {
  let redis: RedisServer;
  let client: Redis;
  let sessions: readonly RedisSession[];

  beforeAll(async () => {
    redis = await RedisServer.start();
    client = redis.client();
    const settings = { url: redis.url, prefix: 'test', timeoutMs: 1_000 };
    sessions = await Promise.all([RedisSession.open(settings), RedisSession.open(settings)]);
  });
  afterAll(async () => {
    for (const session of sessions) session.close();
    client.disconnect();
    await redis.stop();
  });

  /** Asks both in turn; 0: admitted. */
  async function waits(limit: LimitRule, name: string, count: number): Promise<number[]> {
    const found: number[] = [];
    for (let index = 0; index < count; index++) {
      found.push((await sessions[index % 2]!.take(limit, name)).waitMs);
    }
    return found;
  }

  it('admits a burst over all, then says how long to wait', async () => {
    const [first, second, third, fourth] = await waits(rule(60, HOUR_MS, 3), 'burst', 4);
    expect([first, second, third]).toEqual([0, 0, 0]);
    expect(fourth).toBeGreaterThan(MINUTE_MS - 10_000);
    expect(fourth).toBeLessThanOrEqual(MINUTE_MS);
  });

  it('admits exactly as many of those that ask at the same time', async () => {
    const limit = rule(100, HOUR_MS, 40);
    const asked = Array.from({ length: 200 }, (_, index) => sessions[index % 2]!.take(limit, 'together'));
    const verdicts = await Promise.all(asked);
    expect(verdicts.filter(({ waitMs }) => waitMs === 0)).toHaveLength(40);
    const ahead = Math.max(...verdicts.map(({ aheadMs }) => aheadMs));
    expect(ahead).toBeGreaterThan(39.5 * 36_000);
    expect(ahead).toBeLessThanOrEqual(40 * 36_000);
  });

  it('counts intervals of a millisecond, and gives back', async () => {
    const quick = rule(1_000_000, 1_000, 1);
    for (let index = 0; index < 20; index++) {
      const { waitMs } = await sessions[0]!.take(quick, 'quick');
      expect(waitMs).toBeLessThanOrEqual(0.001);
    }
    const slow = rule(1, HOUR_MS, 1);
    expect(await waits(slow, 'back', 1)).toEqual([0]);
    sessions[0]!.giveBack(slow, 'back');
    expect((await sessions[0]!.take(slow, 'back')).waitMs).toBe(0);
    expect((await sessions[1]!.take(slow, 'back')).waitMs).toBeGreaterThan(0);
  });

  it('is not frozen by a clock that was set back, nor broken by what is no number', async () => {
    const limit = rule(60, HOUR_MS, 3);
    await client.set('test:limits:ahead', String(Date.now() + 365 * 24 * HOUR_MS));
    const [waitMs] = await waits(limit, 'ahead', 1);
    // As after a burst, not a year.
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(MINUTE_MS);
    expect(Number(await client.get('test:limits:ahead'))).toBeLessThan(Date.now() + 4 * MINUTE_MS);
    expect(await client.pttl('test:limits:ahead')).toBeLessThanOrEqual(3 * MINUTE_MS);
    await client.set('test:limits:text', 'nonsense');
    expect(await waits(limit, 'text', 1)).toEqual([0]);
  });

  it('frees no more than a burst when the clock was set ahead', async () => {
    const limit = rule(60, HOUR_MS, 3);
    await client.set('test:limits:behind', String(Date.now() - 365 * 24 * HOUR_MS));
    const found = await waits(limit, 'behind', 4);
    expect(found.map((waitMs) => waitMs > 0)).toEqual([false, false, false, true]);
  });

  it('says why a Redis does not do what is needed', async () => {
    const open = (url: string) => RedisSession.open({ url, prefix: 'test', timeoutMs: 1_000 });
    await client.acl('SETUSER', 'reader', 'on', '>secret', '~*', '+@all', '-@write');
    const denied = open(redis.url.replace('redis://', 'redis://reader:secret@'));
    await expect(denied).rejects.toThrow(/can't run this command/);
    await expect(open(redis.url.replace('redis://', 'redis://nobody:secret@'))).rejects.toThrow(/WRONGPASS/);
  });
});
