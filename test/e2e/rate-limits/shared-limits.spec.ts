import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import { eventually } from '../../support/eventually.js';
import { runLoad, type Tally } from '../../support/load.js';
import { HAS_REDIS, RedisServer } from '../../support/redis-server.js';

const PASSWORD = 'MARKED/secret';
const [RATE, BURST] = [100, 50];

interface Status {
  readonly sharedLimits: { readonly state: string; readonly error: string; readonly alone: number };
}

const stage = new Stage();

function shop(url: string, limits: readonly object[]) {
  return { name: 'shop', hosts: ['shop.test'], backends: [url], health: STEADY_HEALTH, rateLimits: limits };
}

/** Asks both as fast as they answer, until told to stop. */
function askBoth(balancers: readonly BalancerProcess[], stop: AbortSignal): Promise<Tally[]> {
  return Promise.all(
    balancers.map(({ trafficPort }) =>
      runLoad({ port: trafficPort, host: 'shop.test', connections: 10, stop, limit: 40_000 }),
    ),
  );
}

const sumOf = (tallies: readonly Tally[], status: number): number =>
  tallies.reduce((sum, { statuses }) => sum + (statuses[status] ?? 0), 0);

async function becomes(balancers: readonly BalancerProcess[], state: string): Promise<void> {
  for (const balancer of balancers) {
    await eventually(async () => {
      const { body } = await balancer.api<Status>('GET', '/api/v1/status');
      expect(body.sharedLimits.state).toBe(state);
    });
  }
}

describe.skipIf(!HAS_REDIS)('two balancers of two workers on one Redis', () => {
  let redis: RedisServer;
  let balancers: readonly BalancerProcess[];

  beforeAll(async () => {
    redis = await RedisServer.start(PASSWORD);
    const backend = await stage.backend();
    const limits = [{ by: 'all', rate: `${RATE}/1s`, burst: BURST, shared: true }];
    const config = configOf([shop(backend.url, limits)], {
      // A busy machine must not look like a slow Redis here.
      redis: { url: redis.url, timeout: '1s' },
    });
    balancers = [await stage.balancer(config), await stage.balancer(config)];
    await becomes(balancers, 'up');
  });
  afterAll(() => redis.stop());

  it('admit together what one would', async () => {
    const startMs = performance.now();
    const tallies = await askBoth(balancers, AbortSignal.timeout(3_000));
    const seconds = (performance.now() - startMs) / 1_000;
    expect(sumOf(tallies, 200) + sumOf(tallies, 429)).toBe(tallies.reduce((sum, { sent }) => sum + sent, 0));
    expect(sumOf(tallies, 200)).toBeLessThanOrEqual(BURST + RATE * seconds + 1);
    // Both had their share of the bucket, and it was used.
    expect(sumOf(tallies, 200)).toBeGreaterThan(BURST + RATE);
    for (const { statuses } of tallies) expect(statuses[200]).toBeGreaterThan(0);
  });

  it('answer every request while their Redis is killed, limit alone within a second, and together again', async () => {
    const load = new AbortController();
    const asking = askBoth(balancers, load.signal);
    await eventually(async () => expect(await askedBy(balancers[0]!)).toBeGreaterThan(0));
    await redis.kill();
    await becomes(balancers, 'away');
    await redis.restart();
    await becomes(balancers, 'up');
    load.abort();
    const tallies = await asking;
    expect(tallies.flatMap(({ errors }) => errors)).toEqual([]);
    for (const { statuses } of tallies) {
      expect(Object.keys(statuses).filter((status) => !['200', '429'].includes(status))).toEqual([]);
    }
    for (const balancer of balancers) {
      const said = balancer.log.map(({ msg = '' }) => msg);
      expect(said.filter((msg) => msg.startsWith('Redis is away'))).toHaveLength(1);
      expect(said.filter((msg) => msg.startsWith('Redis answers'))).toHaveLength(2);
      const { body } = await balancer.api<Status>('GET', '/api/v1/status');
      expect(body.sharedLimits).toMatchObject({ error: '' });
      expect(body.sharedLimits.alone).toBeGreaterThan(0);
    }
  });

  it('show where they stand, and the password of Redis nowhere', async () => {
    const [balancer] = balancers as [BalancerProcess];
    const metrics = await balancer.api<string>('GET', '/metrics');
    expect(metrics.body).toContain('velocity_shared_limits_up 1\n');
    const shown = [
      metrics.body,
      balancer.printLog(),
      ...(await Promise.all(
        ['/api/v1/status', '/api/v1/config', '/api/v1/services/shop'].map(async (route) =>
          JSON.stringify((await balancer.api('GET', route)).body),
        ),
      )),
    ];
    for (const text of shown) {
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain(encodeURIComponent(PASSWORD));
    }
  });
});

async function askedBy(balancer: BalancerProcess): Promise<number> {
  const { body } = await balancer.api<string>('GET', '/metrics');
  return Number(/velocity_shared_limits_exchanges_total\{result="asked"\} (\d+)/.exec(body)?.[1]);
}

it('refuses shared limits over the API where there is no Redis', async () => {
  const backend = await stage.backend();
  const balancer = await stage.balancer(configOf([shop(backend.url, [{ by: 'ip', rate: '5/1s' }])]));
  const answer = await balancer.api('PUT', '/api/v1/services/shop', {
    ...shop(backend.url, [{ by: 'ip', rate: '5/1s', shared: true }]),
  });
  expect([answer.status, answer.body]).toMatchObject([
    422,
    { code: 'CONFIG_INVALID', issues: [{ path: 'services[0].rateLimits[0].shared' }] },
  ]);
  expect((await balancer.api<Status>('GET', '/api/v1/status')).body.sharedLimits.state).toBe('off');
});

describe.skipIf(!HAS_REDIS)('a balancer that starts before its Redis', () => {
  it('limits alone until it is there', async () => {
    const redis = await RedisServer.start();
    onTestFinished(() => redis.stop());
    await redis.kill();
    const backend = await stage.backend();
    const limits = [{ by: 'all', rate: '5/1h', shared: true }];
    const config = configOf([shop(backend.url, limits)], { redis: { url: redis.url } });
    const balancer = await stage.balancer(config);
    const away = await balancer.logged(({ msg = '' }) => msg.startsWith('Redis is away'));
    expect(away['reason']).toContain('ECONNREFUSED');
    const load = { port: balancer.trafficPort, host: 'shop.test', connections: 1, limit: 8 };
    const { statuses } = await runLoad({ ...load, stop: new AbortController().signal });
    expect(statuses).toEqual({ 200: 5, 429: 3 });
    await redis.restart();
    await becomes([balancer], 'up');
  });
});
