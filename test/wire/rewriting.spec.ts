import { describe, expect, it } from 'vitest';
import type { ShapingPolicy } from '../../src/common/contract/policies/index.js';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { requestsTo } from '../support/raw-client.js';
import { valueOf, valuesOf } from '../support/raw-message.js';
import { shapedBy } from '../support/shaping.js';

const NO_RULES = { set: [], add: [], remove: [] };

const request = requestsTo('Shop.test:8080');

describe.each(LANES)('rewriting in lane %s', (kind) => {
  async function shaped(
    settings: Partial<ShapingPolicy>,
    answer: string = OK,
    trustedProxies: readonly string[] = [],
  ) {
    const origin = await Origin.answering(answer);
    const policies = shapedBy(settings);
    const lane = await startLane(kind, [origin], { service: { policies }, snapshot: { trustedProxies } });
    return { lane, origin };
  }

  it('removes, sets and adds fields of requests, with what the exchange says', async () => {
    const { lane, origin } = await shaped({
      requestHeaders: {
        remove: ['x-debug'],
        set: [
          { name: 'X-Real-IP', value: '{client}' },
          { name: 'X-Asked', value: '{service} {host}{path}{query} {requestId}' },
          { name: 'X-Json', value: '{"a":"{service}"}' },
          { name: 'Host', value: 'inner-{service}.test:81' },
        ],
        add: [
          { name: 'X-Tag', value: 'ours' },
          { name: 'X-New', value: '' },
        ],
      },
    });
    const sent = [
      'X-DEBUG: 1',
      'x-Debug: 2',
      'X-Real-IP: 203.0.113.9',
      'x-json: theirs',
      'X-Tag: theirs',
      'X-Stays: 1',
    ];
    const response = await lane.ask(request('/a?b=c', sent));
    expect(response.status).toBe(200);
    const seen = origin.requests[0]!;
    const { requestId } = await lane.record();
    expect(valuesOf(seen, 'x-debug')).toEqual([]);
    expect(valuesOf(seen, 'x-real-ip')).toEqual(['127.0.0.1']);
    expect(valuesOf(seen, 'x-asked')).toEqual([`shop shop.test/a?b=c ${requestId}`]);
    expect(valuesOf(seen, 'x-json')).toEqual(['{"a":"shop"}']);
    expect(valuesOf(seen, 'x-tag').join(', ')).toBe('theirs, ours');
    expect(valuesOf(seen, 'x-new')).toEqual(['']);
    expect(valuesOf(seen, 'x-stays')).toEqual(['1']);
    expect(valuesOf(seen, 'host')).toEqual(['inner-shop.test:81']);
    expect(valuesOf(seen, 'x-forwarded-host')).toEqual(['Shop.test:8080']);
  });

  it('sets a field anew that a trusted proxy sent, and passes the fields that Connection names on to nobody', async () => {
    const { lane, origin } = await shaped(
      { requestHeaders: { ...NO_RULES, set: [{ name: 'X-Forwarded-Prefix', value: '/api' }] } },
      OK,
      ['127.0.0.1'],
    );
    await lane.ask(
      request('/', [
        'X-Forwarded-Prefix: /theirs',
        'Connection: x-hop',
        'X-Hop: 1',
        'X-Forwarded-For: 192.0.2.1',
      ]),
    );
    const seen = origin.requests[0]!;
    expect(valuesOf(seen, 'x-forwarded-prefix')).toEqual(['/api']);
    expect(valuesOf(seen, 'x-hop')).toEqual([]);
    expect(valuesOf(seen, 'x-forwarded-for')).toEqual(['192.0.2.1, 127.0.0.1']);
  });

  it('lets nothing of a request end a field', async () => {
    const { lane, origin } = await shaped({
      requestHeaders: { ...NO_RULES, set: [{ name: 'X-Asked', value: '{path}{query}' }] },
    });
    await lane.ask(request('/a%0d%0aX-Evil:%201?b=%0aX-Evil:2'));
    const seen = origin.requests[0]!;
    expect(valuesOf(seen, 'x-asked')).toEqual(['/a%0d%0aX-Evil:%201?b=%0aX-Evil:2']);
    expect(valuesOf(seen, 'x-evil')).toEqual([]);
  });

  it('changes fields of responses, framing and affinity aside', async () => {
    const answer =
      'HTTP/1.1 200 OK\r\nServer: secret/1.0\r\nX-Cache: a\r\nSet-Cookie: a=1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n';
    const { lane } = await shaped(
      {
        responseHeaders: {
          remove: ['server'],
          set: [{ name: 'x-cache', value: 'by {service}' }],
          add: [{ name: 'Set-Cookie', value: 'b=2' }],
        },
      },
      answer,
    );
    const client = await lane.connect();
    for (const method of ['GET', 'GET'] as const) {
      const response = await client.ask(request('/', [], method), method);
      expect(response.body.toString()).toBe('ok');
      expect(valuesOf(response, 'server')).toEqual([]);
      expect(valuesOf(response, 'x-cache')).toEqual(['by shop']);
      expect(valuesOf(response, 'set-cookie')).toEqual(['a=1', 'b=2']);
      expect(valueOf(response, 'transfer-encoding')).toBe('chunked');
    }
    client.close();
  });

  it('leaves its own answers as they are', async () => {
    const { lane } = await shaped({
      maxBody: { maxBytes: 1, shadow: false },
      responseHeaders: { ...NO_RULES, set: [{ name: 'Content-Type', value: 'text/x' }] },
    });
    const refused = await lane.ask(request('/', ['Content-Length: 2'], 'POST'));
    expect([refused.status, valueOf(refused, 'content-type')]).toEqual([413, 'application/problem+json']);
  });

  it.each([
    ['/api', '', '/api/users?x=1', '/users?x=1'],
    ['/api', '', '/api', '/'],
    ['/api', '', '/api?x', '/?x'],
    ['/api', '', '/api/', '/'],
    ['/api', '', '/apix', '/apix'],
    ['/api', '', '/API/users', '/API/users'],
    ['/api', '', '/api/api/%2F..', '/api/%2F..'],
    ['/api/v1', '/v2', '/api/v1/users', '/v2/users'],
    ['/api/v1', '/v2', '/api/v1', '/v2'],
    ['/api/v1', '/v2', '/api', '/api'],
    ['', '/index.html', '/a/b?x=1', '/index.html?x=1'],
    ['', '/{host}{path}', '/a/b?', '/shop.test/a/b?'],
  ])('of %s to %s makes %s into %s, and records what came', async (from, to, target, expected) => {
    const { lane, origin } = await shaped({ rewrite: { from, to } });
    await lane.ask(request(target));
    expect(origin.requests[0]!.line).toBe(`GET ${expected} HTTP/1.1`);
    const mark = target.indexOf('?');
    expect((await lane.record()).path).toBe(mark < 0 ? target : target.slice(0, mark));
  });

  it('asks for the same path at each attempt, and never changes the asterisk of OPTIONS', async () => {
    const refusing = await Origin.refusing();
    const origin = await Origin.answering(OK);
    const policies = shapedBy({ rewrite: { from: '/a', to: '' } });
    const lane = await startLane(kind, [refusing, origin], { service: { policies } });
    expect((await lane.ask(request('/a/a/b'))).status).toBe(200);
    expect((await lane.record()).attempts).toHaveLength(2);
    await lane.ask(request('*', [], 'OPTIONS'));
    expect(origin.requests.map(({ line }) => line)).toEqual(['GET /a/b HTTP/1.1', 'OPTIONS * HTTP/1.1']);
  });
});
