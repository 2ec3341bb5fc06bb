import { describe, expect, it } from 'vitest';
import { pseudonymOf } from '../../src/modules/proxy/pseudonym.js';
import { backendSnapshot, snapshotOf } from '../support/balancer.fixture.js';
import { expectedOf } from '../support/lane.differences.js';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { problemIn } from '../support/raw-client.js';
import { valueOf, valuesOf } from '../support/raw-message.js';

const PSEUDONYM = pseudonymOf(snapshotOf([]));

const SPOOFED = [
  'X-Forwarded-For: 203.0.113.9, 198.51.100.7',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: evil.test',
  'X-Forwarded-Port: 443',
  'X-Forwarded-Server: evil',
  'X_Forwarded_For: 203.0.113.9',
  'X-Real-IP: 203.0.113.9',
  'Forwarded: for=203.0.113.9',
  'X-Request-Id: mine',
  'X_Request_Id: mine',
  'Content_Length: 5',
]
  .map((line) => `${line}\r\n`)
  .join('');

describe.each(LANES)('%s lane headers', (kind) => {
  it('of the hop stay on the hop, also those that Connection names', async () => {
    const origin = await Origin.answering(
      'HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Inner\r\nX-Inner: 1\r\nKeep-Alive: timeout=9\r\nUpgrade: h2c\r\nProxy-Authenticate: Basic\r\nX-Outer: 2\r\nContent-Length: 0\r\n\r\n',
    );
    const lane = await startLane(kind, [origin]);
    const response = await lane.ask(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Hop, close\r\nConnection: x-other, host, content-length\r\nX-Hop: 1\r\nX-OTHER: 2\r\nTE: gzip\r\nKeep-Alive: 5\r\nProxy-Connection: x-third\r\nX-Third: 3\r\nProxy-Authorization: secret\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\nX-Stays: 3\r\nContent-Length: 0\r\n\r\n',
    );
    const request = origin.requests[0]!;
    for (const name of [
      'x-hop',
      'x-other',
      'x-third',
      'te',
      'keep-alive',
      'proxy-connection',
      'proxy-authorization',
      'upgrade',
      'http2-settings',
    ]) {
      expect([name, ...valuesOf(request, name)]).toEqual([name]);
    }
    expect(valuesOf(request, 'x-stays')).toEqual(['3']);
    expect(valuesOf(request, 'host')).toEqual(['a']);
    expect(valueOf(request, 'connection')).toBe(expectedOf('connectionToBackend', kind));
    for (const name of ['x-inner', 'upgrade', 'proxy-authenticate', 'keep-alive']) {
      expect([name, ...valuesOf(response, name)]).toEqual([name]);
    }
    expect(valueOf(response, 'x-outer')).toBe('2');
    expect(valueOf(response, 'connection')).toBe('close');
  });

  it('about forwarding cannot be spoofed', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    const response = await lane.ask(`GET / HTTP/1.1\r\nHost: shop.test:88\r\n${SPOOFED}\r\n`);
    const request = origin.requests[0]!;
    const record = await lane.record();
    expect(valuesOf(request, 'x-forwarded-for')).toEqual(['127.0.0.1']);
    expect(valuesOf(request, 'x-forwarded-proto')).toEqual(['http']);
    expect(valuesOf(request, 'x-forwarded-host')).toEqual(['shop.test:88']);
    expect(valuesOf(request, 'x-forwarded-port')).toEqual([String(lane.port)]);
    for (const name of [
      'x-forwarded-server',
      'x_forwarded_for',
      'x-real-ip',
      'forwarded',
      'x_request_id',
      'content_length',
    ]) {
      expect([name, ...valuesOf(request, name)]).toEqual([name]);
    }
    expect(valuesOf(request, 'x-request-id')).toEqual([record.id]);
    expect(valuesOf(response, 'x-request-id')).toEqual([record.id]);
    expect(record).toMatchObject({ client: '127.0.0.1', requestId: record.id });
  });

  it('about forwarding are believed of a trusted peer, up to the first hop that is not', async () => {
    const origin = await Origin.answering(
      'HTTP/1.1 200 OK\r\nX-Request-Id: of-the-backend\r\nContent-Length: 0\r\n\r\n',
    );
    const lane = await startLane(kind, [origin], {
      snapshot: { trustedProxies: ['127.0.0.0/8', '198.51.100.7', '2001:db8::/32'] },
    });
    const response = await lane.ask(`GET / HTTP/1.1\r\nHost: a\r\n${SPOOFED}\r\n`);
    const request = origin.requests[0]!;
    expect(valuesOf(request, 'x-forwarded-for')).toEqual(['203.0.113.9, 198.51.100.7, 127.0.0.1']);
    expect(valuesOf(request, 'x-forwarded-proto')).toEqual(['https']);
    expect(valuesOf(request, 'x-forwarded-host')).toEqual(['evil.test']);
    expect(valuesOf(request, 'x-forwarded-port')).toEqual(['443']);
    expect(valuesOf(request, 'forwarded')).toEqual(['for=203.0.113.9']);
    expect(valuesOf(request, 'x_forwarded_for')).toEqual([]);
    expect(valuesOf(response, 'x-request-id')).toEqual(['mine']);
    expect(await lane.record()).toMatchObject({ client: '203.0.113.9', requestId: 'mine' });
  });

  it.each([
    ['198.51.100.1', '198.51.100.1'],
    ['192.0.2.1, 198.51.100.1', '198.51.100.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['[2001:db9::1]:4711', '2001:db9::1'],
    ['2001:db9::1', '2001:db9::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['127.0.0.5, 127.0.0.6', '127.0.0.5'],
    ['unknown', '127.0.0.1'],
    ['192.0.2.1, unknown, 127.0.0.9', '127.0.0.9'],
    ['192.0.2.1,', '127.0.0.1'],
    ['', '127.0.0.1'],
  ])('X-Forwarded-For "%s" of a trusted peer names client %s', async (value, client) => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { snapshot: { trustedProxies: ['127.0.0.0/8'] } });
    await lane.ask(`GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${value}\r\n\r\n`);
    expect((await lane.record()).client).toBe(client);
  });

  it.each([['a'.repeat(129)], ['with blank'], ['\xe4'], ['']])('request id "%s" is replaced', async (id) => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { snapshot: { trustedProxies: ['127.0.0.1'] } });
    await lane.ask(`GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n\r\n`);
    const record = await lane.record();
    expect(record.requestId).toBe(record.id);
  });

  it('Via names us with the protocol that came in, behind those before us', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    const response = await lane.ask('GET / HTTP/1.1\r\nHost: a\r\nVia: 1.0 before\r\n\r\n');
    await lane.ask('GET / HTTP/1.0\r\n\r\n');
    expect(valuesOf(origin.requests[0]!, 'via')).toEqual(['1.0 before', `1.1 ${PSEUDONYM}`]);
    expect(valuesOf(origin.requests[1]!, 'via')).toEqual([`1.0 ${PSEUDONYM}`]);
    expect(valuesOf(response, 'via')).toEqual([]);
  });

  it('Via that carries our name is a loop', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    const loop = await lane.ask(
      `GET / HTTP/1.1\r\nHost: a\r\nVia: 1.1 x, 1.1 ${PSEUDONYM} (comment), 1.1 y\r\n\r\n`,
    );
    expect([loop.status, problemIn(loop)['reason']]).toEqual([508, 'loop_detected']);
    for (const via of ['1.1 velocity', `1.1 ${PSEUDONYM}x`, `1.1 x${PSEUDONYM}`, `1.1 velocity-00000000`]) {
      expect((await lane.ask(`GET / HTTP/1.1\r\nHost: a\r\nVia: ${via}\r\n\r\n`)).status).toBe(200);
    }
    expect(await lane.record()).toMatchObject({ dropReason: 'loop_detected', service: 'shop', attempts: [] });
  });

  it('two balancers with one configured name and two registries make no loop, one with itself does', async () => {
    const origin = await Origin.answering(OK);
    const inner = await startLane(kind, [origin], { snapshot: { affinitySecret: 'ff'.repeat(16) } });
    const outer = await startLane(kind, [], {
      service: {
        backends: [backendSnapshot(0, { port: inner.port })],
      },
    });
    expect((await outer.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n')).status).toBe(200);
    expect(valuesOf(origin.requests[0]!, 'via')).toHaveLength(2);
  });

  it('of affinity are added to the response', async () => {
    const origin = await Origin.answering(
      'HTTP/1.1 200 OK\r\nSet-Cookie: own=1\r\nContent-Length: 0\r\n\r\n',
    );
    const lane = await startLane(kind, [origin], {
      service: { algorithm: { name: 'sticky-round-robin', header: '', cookie: 'lb', boundedLoad: 0 } },
    });
    const first = await lane.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const cookies = valuesOf(first, 'set-cookie');
    expect(cookies).toHaveLength(2);
    expect(cookies[1]).toMatch(/^lb=/);
    const again = await lane.ask(`GET / HTTP/1.1\r\nHost: a\r\nCookie: ${cookies[1]!.split(';')[0]}\r\n\r\n`);
    expect(valuesOf(again, 'set-cookie')).toEqual(['own=1']);
    expect([(await lane.record(0)).affinity, (await lane.record(1)).affinity]).toEqual(['new', 'hit']);
  });
});
