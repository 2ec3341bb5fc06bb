import { describe, expect, it } from 'vitest';
import { laneOf, LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { problemIn } from '../support/raw-client.js';
import { valueOf, valuesOf } from '../support/raw-message.js';

describe.each(LANES)('%s lane forwards', (kind) => {
  it('a plain request, and records it', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    const response = await lane.ask('GET /a?b=c HTTP/1.1\r\nHost: Shop.test:81\r\nUser-Agent: raw\r\n\r\n');

    expect(response.status).toBe(200);
    expect(response.body.toString()).toBe('ok');
    expect(origin.requests[0]!.line).toBe('GET /a?b=c HTTP/1.1');
    const record = await lane.record();
    expect(record).toMatchObject({
      service: 'shop',
      host: 'shop.test',
      method: 'GET',
      path: '/a',
      query: 'b=c',
      protocol: 'HTTP/1.1',
      status: 200,
      dropReason: null,
      client: '127.0.0.1',
      backend: 'backend-0',
      bytesIn: 0,
      bytesOut: 2,
      userAgent: 'raw',
      algorithm: 'round-robin',
      lane: laneOf(kind),
      generation: 1,
    });
    expect(record.attempts).toMatchObject([{ backend: 'backend-0', outcome: 'ok', status: 200 }]);
    expect(record.firstByteUs).toBeGreaterThan(0);
    expect(record.totalUs).toBeGreaterThanOrEqual(record.firstByteUs);
    expect(valueOf(response, 'x-request-id')).toBe(record.requestId);
  });

  it.each([
    '/a%2Fb',
    '//x',
    '//',
    '/?',
    '/a?',
    '/a//b/../c/./d',
    '/%zz',
    '/%',
    '/a?b=c?d&&e',
    '/[x]?y[]={1}|"',
    '/a;b=1,2',
    '/a\\b',
  ])('the target %s byte for byte', async (target) => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    expect((await lane.ask(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`)).status).toBe(200);
    expect(origin.requests[0]!.line).toBe(`GET ${target} HTTP/1.1`);
  });

  it('absolute-form targets to the host they name, whatever Host says', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    await lane.ask('GET http://named.test:88/p?q HTTP/1.1\r\nHost: other\r\n\r\n');
    await lane.ask('GET HTTP://named.test?q HTTP/1.1\r\nHost: other\r\n\r\n');
    expect(origin.requests.map((request) => request.line)).toEqual(['GET /p?q HTTP/1.1', 'GET /?q HTTP/1.1']);
    expect(valuesOf(origin.requests[0]!, 'host')).toEqual(['named.test:88']);
    expect((await lane.record()).host).toBe('named.test');
  });

  it('OPTIONS *', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    expect((await lane.ask('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n')).status).toBe(200);
    expect(origin.requests[0]!.line).toBe('OPTIONS * HTTP/1.1');
  });

  it('every method, with the framing that the client chose', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      const body = 'hello';
      await lane.ask(`${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n${body}`);
      const counted = origin.requests.at(-1)!;
      expect([method, counted.body.toString(), valuesOf(counted, 'content-length')]).toEqual([
        method,
        body,
        ['5'],
      ]);
      expect(valueOf(counted, 'transfer-encoding')).toBeUndefined();

      await lane.ask(
        `${method} / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n`,
      );
      const chunked = origin.requests.at(-1)!;
      expect([method, chunked.body.toString(), valuesOf(chunked, 'transfer-encoding')]).toEqual([
        method,
        body,
        ['chunked'],
      ]);
      expect(valueOf(chunked, 'content-length')).toBeUndefined();
    }
    expect((await lane.record(0)).bytesIn).toBe(5);
    expect((await lane.record(1)).bytesIn).toBe(5);
  });

  it('responses without a body: HEAD, 204, 304', async () => {
    const origin = await Origin.answering((request) => {
      if (request.line.startsWith('HEAD')) return 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n';
      if (request.line.includes('/204')) return 'HTTP/1.1 204 No Content\r\n\r\n';
      return 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 99\r\n\r\n';
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    const head = await client.ask('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n', 'HEAD');
    expect([head.status, valueOf(head, 'content-length')]).toEqual([200, '1234']);
    await client.send('GET /204 HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.head()).status).toBe(204);
    await client.send('GET /304 HTTP/1.1\r\nHost: a\r\n\r\n');
    const unchanged = await client.head();
    expect([unchanged.status, valueOf(unchanged, 'etag'), valueOf(unchanged, 'content-length')]).toEqual([
      304,
      '"x"',
      '99',
    ]);
    expect(client.stream.text).toBe('');
    client.close();
  });

  it('the reason phrase, repeated headers, their case and order', async () => {
    const origin = await Origin.answering(
      'HTTP/1.1 299 As You Like It\r\nX-B: 1\r\nSet-Cookie: a=1\r\nx-a: 2\r\nSet-Cookie: b=2\r\nETag: "1"\r\nETag: "2"\r\nDate: then\r\nServer: mine\r\nContent-Length: 0\r\n\r\n',
    );
    const lane = await startLane(kind, [origin]);
    const response = await lane.ask(
      'GET / HTTP/1.1\r\nX-one: 1\r\nHost: a\r\nx-TWO: 2\r\nX-One: 3\r\nCookie: c=1\r\nCookie: d=2\r\n\r\n',
    );
    expect(response.line).toBe('HTTP/1.1 299 As You Like It');
    expect(response.headers.slice(0, 9)).toEqual([
      ['X-B', '1'],
      ['Set-Cookie', 'a=1'],
      ['x-a', '2'],
      ['Set-Cookie', 'b=2'],
      ['ETag', '"1"'],
      ['ETag', '"2"'],
      ['Date', 'then'],
      ['Server', 'mine'],
      ['Content-Length', '0'],
    ]);
    expect(valuesOf(response, 'date')).toEqual(['then']);
    const request = origin.requests[0]!;
    expect(valuesOf(request, 'x-one')).toEqual(['1', '3']);
    expect(request.headers.map(([name]) => name)).toEqual(expect.arrayContaining(['X-one', 'x-TWO']));
    expect(valuesOf(request, 'cookie').join('; ')).toBe('c=1; d=2');
  });

  it('pipelined requests one after the other, in order', async () => {
    const origin = await Origin.answering((request) => {
      const path = request.line.split(' ')[1]!;
      return `HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`;
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    const count = 60;
    const requests = Array.from({ length: count }, (_, index) => `GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.send(requests.join(''));
    for (let index = 0; index < count; index++) {
      expect((await client.response()).body.toString()).toBe(`/${index}`);
    }
    expect(origin.requests.map((request) => request.line)).toEqual(
      Array.from({ length: count }, (_, index) => `GET /${index} HTTP/1.1`),
    );
    expect(origin.accepted).toBe(1);
    client.close();
  });

  it('HTTP/1.0 clients: no Host needed, no chunks sent, connection closed', async () => {
    const origin = await Origin.answering(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    );
    const lane = await startLane(kind, [origin]);
    const response = await lane.ask('GET / HTTP/1.0\r\n\r\n');
    expect(response.body.toString()).toBe('ok');
    expect(valueOf(response, 'transfer-encoding')).toBeUndefined();
    expect((await lane.record()).protocol).toBe('HTTP/1.0');
  });

  it('over kept-alive connections to the backend', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    for (let index = 0; index < 5; index++) await lane.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(origin.accepted).toBe(1);
    expect((await lane.record(4)).connectUs).toBe(0);
  });

  it('nothing of a service that nobody serves, or without a backend', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { service: { hosts: ['only.test'] } });
    const unknown = await lane.ask('GET / HTTP/1.1\r\nHost: other.test\r\n\r\n');
    expect(unknown.status).toBe(404);
    const record = await lane.record();
    expect(problemIn(unknown)).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: expect.any(String),
      reason: 'no_route',
      requestId: record.requestId,
    });
    expect(record).toMatchObject({ dropReason: 'no_route', status: 404, service: null, backend: null });

    lane.memory.states.setHealth(0, 0, 'unhealthy');
    const without = await lane.ask('GET / HTTP/1.1\r\nHost: only.test\r\n\r\n');
    expect([without.status, problemIn(without)['reason']]).toEqual([503, 'no_backend']);
    expect(Number(valueOf(without, 'retry-after'))).toBeGreaterThan(0);
    const head = await lane.ask('HEAD / HTTP/1.1\r\nHost: only.test\r\n\r\n', 'HEAD');
    expect(head.status).toBe(503);
    expect(origin.accepted).toBe(0);
  });
});
