import { beforeAll, describe, expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { environmentOf, velocity } from '../../support/cli.process.js';
import { request } from '../../support/load.js';
import { recorded } from '../../support/recorded.js';

describe('velocity explain', () => {
  const stage = new Stage();
  let balancer: BalancerProcess;
  let env: Record<string, string>;
  let url: string;

  beforeAll(async () => {
    const backend = await stage.backend();
    ({ url } = backend);
    const services = [
      {
        name: 'shop',
        hosts: ['*.shop.test'],
        paths: ['/'],
        backends: [{ url }, { url: url.replace('127.0.0.1', '127.0.0.2'), state: 'draining' }],
        health: STEADY_HEALTH,
        rateLimits: [{ by: 'ip', rate: '2/1h', burst: 2 }],
      },
      {
        name: 'old',
        hosts: ['old.test'],
        backends: [url],
        health: STEADY_HEALTH,
        redirect: { to: 'https://new.test/' },
      },
    ];
    balancer = await stage.balancer(configOf(services, { trustedProxies: ['127.0.0.1'] }));
    env = environmentOf(balancer);
  });

  const run = (...args: string[]) => velocity(args, { env });
  const now = (...args: string[]) => run('explain', '--ip', '192.0.2.7', ...args);
  const ask = (id: string) =>
    request({
      port: balancer.trafficPort,
      host: 'www.shop.test',
      path: '/cart',
      headers: { 'x-request-id': id },
    });

  it('says what would happen now, however often, without counting it', async () => {
    for (let round = 0; round < 4; round++) {
      const { code, out } = await now('--host', 'www.shop.test', '--path', '/cart?id=7');
      expect(code).toBe(0);
      expect(out).toContain(
        'Route: host www.shop.test matched *.shop.test, path /cart matched /: service shop.',
      );
      expect(out).toContain('admitted, 1 of 2 left');
      expect(out).toMatch(/127\.0\.0\.2:\d+ was skipped: .*draining\./);
      expect(out).toContain(`Now: it would go to ${url}.`);
    }
    expect((await now('--host', 'old.test')).out).toContain('redirected to https://new.test/ (308)');
    expect((await now('--host', 'nobody.test')).out).toContain('would answer 404 (no_route)');
    const { out } = await now('--host', 'www.shop.test', '--header', 'X-A: 1', '--json');
    expect(JSON.parse(out)).toMatchObject({
      request: { method: 'GET', host: 'www.shop.test', ip: '192.0.2.7', headers: [['X-A', '1']] },
      outcome: { service: 'shop', status: null, backend: { url } },
      decision: { cause: 'asked', picks: [{ algorithm: 'round-robin' }] },
    });
  });

  it('tells recorded exchanges, several of one request id', async () => {
    for (let index = 0; index < 4; index++) await ask('twice');
    await recorded(balancer, 4, 'requestId=twice');
    const { out } = await run('explain', 'twice');
    expect(out.match(/Ended:/g)).toHaveLength(4);
    expect(out).toContain('GET www.shop.test/cart from 127.0.0.1: 429');
    expect(out).toMatch(
      /Rate limit .* of shop \(2 per 3600 s, 2 at once; counted by 127\.0\.0\.1\): refused, next one in \d+ ms\./,
    );
    expect(out).toContain('Ended: the balancer answered 429 (rate_limited)');
    const { items } = JSON.parse((await run('explain', 'twice', '--json')).out) as {
      items: { record: { id: string; dropReason: string | null }; reruns: boolean | null }[];
    };
    const drop = items.find(({ record }) => record.dropReason === 'rate_limited')!;
    expect(drop.reruns).toBe(true);
    expect((await run('explain', drop.record.id)).out).toContain('429');
  });

  it('says what is wrong, and what to look at', async () => {
    expect(await run('explain', 'nobody-has-this')).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /may not be stored yet .* accessLog\.sample, older than accessLog\.retention/,
      ),
    });
    expect((await run('explain', '--ip', '300.1.2.3')).err).toContain('must be one IPv4 or IPv6 address');
    expect((await run('explain', '--host', 'a')).err).toContain('Neither a request id nor --ip is given.');
    expect((await now('--path', 'cart')).err).toContain('must begin with /');
    expect((await now('--header', 'nonsense')).err).toContain('must be a field such as X-Tenant: acme');
    expect((await run('explain', 'x', '--ip', '192.0.2.7')).err).toContain('not both');
  });
});
