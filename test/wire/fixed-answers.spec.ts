import { describe, expect, it } from 'vitest';
import type { MaintenanceSettings } from '../../src/common/contract/policies/index.js';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { problemIn, requestsTo } from '../support/raw-client.js';
import { valueOf } from '../support/raw-message.js';
import { shapedBy } from '../support/shaping.js';

const MAINTENANCE: MaintenanceSettings = {
  status: 503,
  retryAfterS: 0,
  contentType: 'text/plain; charset=utf-8',
  body: '',
  allow: [],
  shadow: false,
};

const request = requestsTo('Shop.test:8080');

describe.each(LANES)('maintenance in lane %s', (kind) => {
  async function maintained(settings: Partial<MaintenanceSettings>, trustedProxies: readonly string[] = []) {
    const origin = await Origin.answering(OK);
    const policies = shapedBy({ maintenance: { ...MAINTENANCE, ...settings } });
    const lane = await startLane(kind, [origin], { service: { policies }, snapshot: { trustedProxies } });
    return { lane, origin };
  }

  it('answers the usual problem, on a connection that goes on', async () => {
    const { lane, origin } = await maintained({});
    const client = await lane.connect();
    const first = await client.ask(request('/a'));
    expect(problemIn(first)).toMatchObject({ status: 503, reason: 'maintenance' });
    expect([first.status, valueOf(first, 'retry-after'), valueOf(first, 'connection') === 'close']).toEqual([
      503,
      '5',
      false,
    ]);
    const head = await client.ask(request('/b', [], 'HEAD'), 'HEAD');
    expect([head.status, head.body.length]).toEqual([503, 0]);
    client.close();
    expect(origin.requests).toHaveLength(0);
    expect(await lane.record(1)).toMatchObject({ status: 503, dropReason: 'maintenance', attempts: [] });
  });

  it('says what is configured, byte for byte, and how long it is, also to HEAD', async () => {
    const body = '<p>Zurück um 12 ☕</p>';
    const { lane } = await maintained({ status: 599, retryAfterS: 90, contentType: 'text/html', body });
    const response = await lane.ask(request('/'));
    expect(response.status).toBe(599);
    expect(response.body.toString('utf8')).toBe(body);
    expect(valueOf(response, 'content-type')).toBe('text/html');
    expect(valueOf(response, 'content-length')).toBe(String(Buffer.byteLength(body)));
    expect(valueOf(response, 'retry-after')).toBe('90');
    expect(valueOf(response, 'x-request-id')).toBe((await lane.record()).requestId);
    const client = await lane.connect();
    const head = await client.ask(request('/', [], 'HEAD'), 'HEAD');
    expect(valueOf(head, 'content-length')).toBe(String(Buffer.byteLength(body)));
    expect((await client.ask(request('/'))).body.toString('utf8')).toBe(body);
    client.close();
    expect(await lane.record(1)).toMatchObject({ status: 599, bytesOut: 0, dropReason: 'maintenance' });
  });

  it('lets those in who are allowed, whom no forged header makes', async () => {
    const own = await maintained({ allow: ['127.0.0.0/8'] });
    expect((await own.lane.ask(request('/'))).status).toBe(200);
    const other = await maintained({ allow: ['192.0.2.0/24', '2001:db8::/32'] });
    const forged = request('/', ['X-Forwarded-For: 192.0.2.7']);
    expect((await other.lane.ask(forged)).status).toBe(503);
    const behind = await maintained({ allow: ['192.0.2.0/24', '2001:db8::/32'] }, ['127.0.0.1']);
    const from = (address: string) => behind.lane.ask(request('/', [`X-Forwarded-For: ${address}`]));
    expect((await from('192.0.2.7')).status).toBe(200);
    expect((await from('2001:db8::9')).status).toBe(200);
    expect((await from('198.51.100.1')).status).toBe(503);
  });

  it('in shadow serves everybody and records who would not have been', async () => {
    const { lane } = await maintained({ shadow: true });
    expect((await lane.ask(request('/'))).status).toBe(200);
    expect(await lane.record()).toMatchObject({ dropReason: null, shadowReason: 'maintenance' });
  });
});

describe.each(LANES)('redirects in lane %s', (kind) => {
  it('lead where the template says, keep the connection, and ask no backend', async () => {
    const origin = await Origin.answering(OK);
    const policies = shapedBy({ redirect: { to: 'https://{host}{path}{query}', status: 308 } });
    const lane = await startLane(kind, [origin], { service: { policies } });
    const client = await lane.connect();
    const located = async (bytes: string, method = 'GET') => {
      const response = await client.ask(bytes, method);
      return [response.status, valueOf(response, 'location'), response.body.length];
    };
    expect(await located(request('/a/b?x=1&y=%0d%0aSet-Cookie:x'))).toEqual([
      308,
      'https://shop.test/a/b?x=1&y=%0d%0aSet-Cookie:x',
      0,
    ]);
    expect(await located(request('//evil.test/', [], 'HEAD'), 'HEAD')).toEqual([
      308,
      'https://shop.test//evil.test/',
      0,
    ]);
    expect(await located(request('*', [], 'OPTIONS'))).toEqual([308, 'https://shop.test/', 0]);
    const post = request('/p', ['Content-Length: 4'], 'POST');
    expect(await located(`${post}body`)).toEqual([308, 'https://shop.test/p', 0]);
    expect(await located(request('/end'))).toEqual([308, 'https://shop.test/end', 0]);
    client.close();
    expect(origin.requests).toHaveLength(0);
    expect(await lane.record()).toMatchObject({
      status: 308,
      dropReason: 'redirected',
      path: '/a/b',
      backend: null,
    });
  });

  it('have the status that is configured, and may stay at the host', async () => {
    const policies = shapedBy({ redirect: { to: '/new{path}?from={service}&c={client}', status: 303 } });
    const lane = await startLane(kind, [await Origin.answering(OK)], { service: { policies } });
    const response = await lane.ask(request('/old', ['Content-Length: 0'], 'POST'));
    expect([response.status, valueOf(response, 'location')]).toEqual([303, '/new/old?from=shop&c=127.0.0.1']);
  });
});

describe.each(LANES)('limits of bodies in lane %s', (kind) => {
  async function limited(maxBytes: number, shadow = false) {
    const origin = await Origin.answering(OK);
    const policies = shapedBy({ maxBody: { maxBytes, shadow } });
    return { lane: await startLane(kind, [origin], { service: { policies } }), origin };
  }
  const post = (fields: readonly string[], body = '') => request('/', fields, 'POST') + body;

  it('refuse what the head says is too long before it comes, and close', async () => {
    const { lane, origin } = await limited(4);
    const client = await lane.connect();
    expect((await client.ask(post(['Content-Length: 4'], 'four'))).status).toBe(200);
    const refused = await client.ask(post(['Content-Length: 5']));
    expect(problemIn(refused)).toMatchObject({ status: 413, reason: 'body_too_large' });
    expect(valueOf(refused, 'connection')).toBe('close');
    await client.stream.ended();
    client.close();
    const expecting = await lane.ask(post(['Content-Length: 5', 'Expect: 100-continue']));
    expect(expecting.status).toBe(413);
    expect(origin.requests).toHaveLength(1);
    expect(await lane.record(1)).toMatchObject({ dropReason: 'body_too_large', attempts: [], bytesIn: 0 });
  });

  it('hold a body in chunks to them while it comes; the answer survives what the client still sends', async () => {
    const { lane, origin } = await limited(10);
    const client = await lane.connect();
    const fits = post(['Transfer-Encoding: chunked'], '5\r\n12345\r\n5\r\n12345\r\n0\r\n\r\n');
    expect((await client.ask(fits)).status).toBe(200);
    await client.send(post(['Transfer-Encoding: chunked'], '5\r\n12345\r\n'));
    await client.send(`10000\r\n${'x'.repeat(65_536)}`);
    const refused = await client.response();
    expect(problemIn(refused)).toMatchObject({ status: 413, reason: 'body_too_large' });
    expect(valueOf(refused, 'connection')).toBe('close');
    await client.stream.ended();
    client.close();
    expect(origin.requests[0]!.body.toString()).toBe('1234512345');
    const record = await lane.record(1);
    expect(record).toMatchObject({ status: 413, dropReason: 'body_too_large' });
    expect(record.bytesIn).toBeGreaterThan(10);
  });

  it('in shadow take everything and record what would have been refused', async () => {
    const { lane, origin } = await limited(4, true);
    expect((await lane.ask(post(['Content-Length: 5'], 'fives'))).status).toBe(200);
    expect(origin.requests[0]!.body.toString()).toBe('fives');
    expect(await lane.record()).toMatchObject({ dropReason: null, shadowReason: 'body_too_large' });
  });
});
