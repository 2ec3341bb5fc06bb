import { describe, expect, it } from 'vitest';
import { NO_GLOBALS } from '../../src/common/contract/policies/index.js';
import type { RateLimitSettings } from '../../src/common/contract/index.js';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { rateLimit as limit } from '../support/rate-limits.js';
import { problemIn, requestsTo } from '../support/raw-client.js';
import { valueOf } from '../support/raw-message.js';

const request = requestsTo('a');

describe.each(LANES)('rate limits in lane %s', (kind) => {
  async function limited(
    rateLimits: readonly RateLimitSettings[],
    trustedProxies: readonly string[] = [],
    global: readonly RateLimitSettings[] = [],
  ) {
    const origin = await Origin.answering(OK);
    const globals = { ...NO_GLOBALS, rateLimits: global };
    const lane = await startLane(kind, [origin], {
      service: { rateLimits },
      snapshot: { trustedProxies, globals },
    });
    const statuses = async (...requests: string[]) => {
      const client = await lane.connect();
      const found: number[] = [];
      for (const bytes of requests) found.push((await client.ask(bytes)).status);
      client.close();
      return found;
    };
    return { lane, origin, statuses };
  }

  it('refuses what is beyond with 429 and says when to come again, on a connection that goes on', async () => {
    const { lane, origin } = await limited([limit({ limit: 60, burst: 1 })]);
    const client = await lane.connect();
    expect((await client.ask(request('/'))).status).toBe(200);
    const refused = await client.ask(request('/x?y'));
    expect(refused.status).toBe(429);
    expect(problemIn(refused)).toMatchObject({
      status: 429,
      reason: 'rate_limited',
      title: 'Too Many Requests',
    });
    expect(valueOf(refused, 'retry-after')).toBe('60');
    expect(valueOf(refused, 'ratelimit-policy')).toBe('"ip";q=60;w=3600');
    expect(valueOf(refused, 'ratelimit')).toBe('"ip";r=0;t=60');
    const head = await client.ask(request('/', [], 'HEAD'), 'HEAD');
    expect([head.status, head.body.length, valueOf(head, 'retry-after')]).toEqual([429, 0, '60']);
    client.close();
    expect(origin.requests).toHaveLength(1);
    expect(await lane.record(1)).toMatchObject({
      status: 429,
      dropReason: 'rate_limited',
      service: 'shop',
      path: '/x',
      backend: null,
      attempts: [],
    });
  });

  it('counts each rule apart, and what one refuses is not counted by the others', async () => {
    const { statuses } = await limited([
      limit({ name: 'all', by: [], limit: 3, burst: 3 }),
      limit({ name: 'login', by: ['ip', 'endpoint'], method: 'POST', path: '/login', limit: 1, burst: 1 }),
    ]);
    const login = request('/login', ['Content-Length: 0'], 'POST');
    expect(await statuses(login, login, login, login)).toEqual([200, 429, 429, 429]);
    expect(await statuses(request('/login'), request('/'), request('/'))).toEqual([200, 200, 429]);
  });

  it('asks those over all services first, and what the service refuses is given back to them', async () => {
    const { statuses } = await limited(
      [limit({ path: '/login', limit: 1, burst: 1 })],
      [],
      [limit({ limit: 3, burst: 3 })],
    );
    expect(await statuses(...Array<string>(4).fill(request('/login')))).toEqual([200, 429, 429, 429]);
    expect(await statuses(...Array<string>(3).fill(request('/')))).toEqual([200, 200, 429]);
    const alone = await limited([], [], [limit({ limit: 1, burst: 1 })]);
    expect(await alone.statuses(request('/'), request('/'))).toEqual([200, 429]);
  });

  it('takes other spellings of a path for the same', async () => {
    const { statuses } = await limited([limit({ path: '/login', limit: 1, burst: 1 })]);
    const spellings = ['/login', '/login/', '//login', '/%6Cogin', '/./login', '/x/../login', '/login?again'];
    expect(await statuses(...spellings.map((target) => request(target)))).toEqual([
      200,
      ...Array(6).fill(429),
    ]);
    expect(await statuses(request('/Login'), request('/login/x'))).toEqual([200, 200]);
  });

  it('counts clients behind a trusted proxy apart, and believes nobody else', async () => {
    const from = (address: string) => request('/', [`X-Forwarded-For: ${address}`]);
    const trusting = await limited([limit({ limit: 1, burst: 1 })], ['127.0.0.1']);
    expect(await trusting.statuses(from('192.0.2.1'), from('192.0.2.2'), from('192.0.2.1'))).toEqual([
      200, 200, 429,
    ]);
    expect(await trusting.statuses(from('2001:db8::1'), from('2001:db8::2'))).toEqual([200, 429]);
    const alone = await limited([limit({ limit: 1, burst: 1 })]);
    expect(await alone.statuses(from('192.0.2.1'), from('192.0.2.2'))).toEqual([200, 429]);
  });

  it('counts by the value of a header; leaving it out is no way around', async () => {
    const { statuses } = await limited([limit({ by: ['header'], header: 'x-api-key', limit: 1, burst: 1 })]);
    const withKey = (key: string) => request('/', [`X-API-Key: ${key}`]);
    expect(await statuses(withKey('a'), withKey('b'), withKey('a'), request('/'), request('/'))).toEqual([
      200, 200, 429, 200, 429,
    ]);
  });

  it('in shadow refuses nothing and records what it would have', async () => {
    const { lane, statuses } = await limited([limit({ limit: 1, burst: 1, shadow: true })]);
    expect(await statuses(request('/'), request('/'))).toEqual([200, 200]);
    expect(await lane.record(0)).toMatchObject({ dropReason: null, shadowReason: null });
    expect(await lane.record(1)).toMatchObject({
      dropReason: null,
      shadowReason: 'rate_limited',
      status: 200,
    });
  });
});
