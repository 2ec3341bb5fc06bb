import { describe, expect, it } from 'vitest';
import { expectedOf } from '../support/lane.differences.js';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { problemIn } from '../support/raw-client.js';
import { valueOf } from '../support/raw-message.js';

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

/** Heads that two servers may read in two ways. None may reach a backend. */
const AMBIGUOUS: Record<string, string> = {
  'Content-Length and Transfer-Encoding': `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'Transfer-Encoding and Content-Length': `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'two different Content-Length': `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`,
  'two equal Content-Length': `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
  'a list of Content-Length': `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello`,
  'Content-Length with a sign': `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello`,
  'Content-Length in hexadecimal': `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello`,
  'empty Content-Length': `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n${SMUGGLED}`,
  'Content-Length beyond 64 bits': `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551617\r\n\r\nx`,
  'an unknown transfer coding': `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n${SMUGGLED}`,
  'chunked not last': `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n${SMUGGLED}`,
  'another coding before chunked': `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  'chunked twice': `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'Transfer-Encoding behind a tab': `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\x0bchunked\r\n\r\n${SMUGGLED}`,
  'Transfer-Encoding in HTTP/1.0': `POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'a space before the colon': `POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello`,
  'a folded header': `GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n folded\r\n\r\n`,
  'a header that begins with a space': `GET / HTTP/1.1\r\n Host: a\r\n\r\n`,
  'a bare line feed after the request line': `GET / HTTP/1.1\nHost: a\r\n\r\n`,
  'a bare line feed after a header': `GET / HTTP/1.1\r\nHost: a\nX-A: 1\r\n\r\n`,
  'a bare line feed at the end': `GET / HTTP/1.1\r\nHost: a\r\n\n`,
  'a carriage return inside of a value': `GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\rX-B: 2\r\n\r\n`,
  'a null inside of a value': `GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\x002\r\n\r\n`,
  'a header without a colon': `GET / HTTP/1.1\r\nHost: a\r\nX-A\r\n\r\n`,
  'an empty header name': `GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n`,
  'no Host': `GET / HTTP/1.1\r\n\r\n`,
  'two Host': `GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n`,
  'a Host with a path': `GET / HTTP/1.1\r\nHost: a/b\r\n\r\n`,
  'a Host with user information': `GET / HTTP/1.1\r\nHost: x@a\r\n\r\n`,
  'a Host with a blank': `GET / HTTP/1.1\r\nHost: a b\r\n\r\n`,
  'a Host with a port that is none': `GET / HTTP/1.1\r\nHost: a:b\r\n\r\n`,
  'a Host with two ports': `GET / HTTP/1.1\r\nHost: a:80:81\r\n\r\n`,
  'a Host that is an IPv6 address without brackets': `GET / HTTP/1.1\r\nHost: ::1\r\n\r\n`,
  'a Host with a bracket that is not closed': `GET / HTTP/1.1\r\nHost: [::1\r\n\r\n`,
  'a Host with something behind its brackets': `GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n`,
  'a list of hosts': `GET / HTTP/1.1\r\nHost: a, b\r\n\r\n`,
  'absolute form without Host': `GET http://a/ HTTP/1.1\r\n\r\n`,
  'absolute form of another scheme': `GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n`,
  'absolute form without a host': `GET http:///p HTTP/1.1\r\nHost: a\r\n\r\n`,
  'absolute form with user information': `GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n`,
  'a fragment': `GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n`,
  'a target beyond ASCII': `GET /\xfc HTTP/1.1\r\nHost: a\r\n\r\n`,
  'a target with a blank': `GET /a b HTTP/1.1\r\nHost: a\r\n\r\n`,
  'a relative target': `GET a HTTP/1.1\r\nHost: a\r\n\r\n`,
  'an asterisk for GET': `GET * HTTP/1.1\r\nHost: a\r\n\r\n`,
  CONNECT: `CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n`,
  'a version that is not HTTP/1': `GET / HTTP/3.0\r\nHost: a\r\n\r\n`,
  'the preface of HTTP/2': `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
  'no version': `GET /\r\n\r\n`,
  TLS: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
};

/** Bodies that break off being HTTP; their heads were sound and may have reached the backend, what follows must not. */
const BROKEN_BODIES: Record<string, string> = {
  'a chunk size that is no number': `zz\r\n${SMUGGLED}`,
  'a chunk longer than it says': `1\r\nab\r\n0\r\n\r\n${SMUGGLED}`,
  'a bare line feed in a chunk extension': `1;a\nb\r\n0\r\n\r\n${SMUGGLED}`,
  'a bare line feed after a chunk size': `1\na\r\n0\r\n\r\n${SMUGGLED}`,
  'a negative chunk size': `-1\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  'a chunk size with a prefix': `0x1\r\na\r\n0\r\n\r\n${SMUGGLED}`,
  'a chunk size beyond 64 bits': `11111111111111111\r\na\r\n0\r\n\r\n${SMUGGLED}`,
};

describe.each(LANES)('%s lane refuses with 400', (kind) => {
  it.each(Object.entries(AMBIGUOUS))('%s', async (name, bytes) => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    const response = await client.ask(bytes);
    expect(response.status, name).toBe(400);
    expect(problemIn(response)['reason']).toBe('bad_request');
    expect(valueOf(response, 'connection')).toBe('close');
    await client.stream.ended();
    expect(client.stream.text).toBe('');
    expect(await lane.record()).toMatchObject({
      dropReason: 'bad_request',
      status: 400,
      client: '127.0.0.1',
    });
    expect(origin.accepted).toBe(0);
    expect(lane.totals.received).toBe(1);
    client.close();
  });

  it.each(Object.entries(BROKEN_BODIES))('a body with %s', async (_name, chunks) => {
    const origin = await Origin.start(async (connection) => {
      await connection.requestHead();
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    const response = await client.ask(
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
    );
    expect([response.status, problemIn(response)['reason']]).toEqual([400, 'bad_request']);
    await client.stream.ended();
    expect(origin.requests.filter((request) => request.line.includes('smuggled'))).toEqual([]);
    expect(lane.totals.received).toBe(1);
    await origin.idle();
    client.close();
  });

  it('CONNECT behind an answer that is still running, and with it the connection', async () => {
    const origin = await Origin.answering(
      Buffer.concat([
        Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 8000000\r\n\r\n'),
        Buffer.alloc(8_000_000),
      ]),
    );
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\nCONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n');
    await client.stream.ended();
    expect((await lane.record()).method).toBe('GET');
    expect(lane.totals.received).toBe(expectedOf('exchangesUntilConnect', kind));
    client.close();
  });

  it('what comes behind an answer that is still running, in its turn', async () => {
    const release = Promise.withResolvers<void>();
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      await release.promise;
      await connection.send(OK);
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\nrubbish\r\n\r\n');
    release.resolve();
    expect((await client.response()).status).toBe(200);
    expect((await client.response()).status).toBe(400);
    await client.stream.ended();
    expect(lane.records.map((record) => record.dropReason)).toEqual([null, 'bad_request']);
    client.close();
  });
});

describe.each(LANES)('%s lane and a method that nobody has heard of', (kind) => {
  it('passes it on where its parser can read it', async () => {
    const lane = await startLane(kind, [await Origin.answering(OK)]);
    const response = await lane.ask('BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(response.status).toBe(expectedOf('extensionMethod', kind));
  });

  it.each(['get', 'G ET', 'GE(T', 'GET\t'])('refuses "%s", which is none', async (method) => {
    const lane = await startLane(kind, [await Origin.answering(OK)]);
    const response = await lane.ask(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(response.status).toBe(400);
  });
});

describe.each(LANES)('%s lane limits', (kind) => {
  const limits = { maxHeadBytes: 4096, maxHeaders: 20, maxUriBytes: 1000, headTimeoutMs: 300 };

  it('the size of a head', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { listener: limits });
    const response = await lane.ask(`GET /p?q HTTP/1.1\r\nHost: a\r\nX-Big: ${'x'.repeat(5000)}\r\n\r\n`);
    expect([response.status, problemIn(response)['reason']]).toEqual([431, 'head_too_large']);
    expect(await lane.record()).toMatchObject({
      method: 'GET',
      path: '/p',
      query: 'q',
      dropReason: 'head_too_large',
    });
    expect(origin.accepted).toBe(0);
  });

  it('the number of headers, not silently', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { listener: limits });
    const many = Array.from({ length: 20 }, (_, index) => `X-${index}: 1\r\n`).join('');
    expect((await lane.ask(`GET / HTTP/1.1\r\nHost: a\r\n${many}\r\n`)).status).toBe(431);
    const fewer = many.replace('X-0: 1\r\n', '');
    expect((await lane.ask(`GET / HTTP/1.1\r\nHost: a\r\n${fewer}\r\n`)).status).toBe(200);
  });

  it('the length of a target', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { listener: limits });
    const long = await lane.ask(`GET /${'a'.repeat(1000)} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect([long.status, problemIn(long)['reason']]).toEqual([414, 'uri_too_long']);
    expect((await lane.ask(`GET /${'a'.repeat(8000)} HTTP/1.1\r\nHost: a\r\n\r\n`)).status).toBe(414);
    expect((await lane.ask(`GET /${'a'.repeat(999)} HTTP/1.1\r\nHost: a\r\n\r\n`)).status).toBe(200);
  });

  it('the time for a head, but says nothing to a connection that said nothing', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { listener: limits });
    const silent = await lane.connect();
    const slow = await lane.connect();
    const response = await slow.ask('GET / HTTP/1.1\r\nHost: a\r\n');
    expect([response.status, problemIn(response)['reason']]).toEqual([408, 'head_timeout']);
    await silent.stream.ended();
    expect(silent.stream.text).toBe('');
    expect(lane.totals.received).toBe(1);
    slow.close();
  });

  it('the time that an idle connection stays open', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { listener: { idleTimeoutMs: 100 } });
    const client = await lane.connect();
    expect((await client.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n')).status).toBe(200);
    await client.stream.closed;
    expect(lane.totals.received).toBe(1);
  });
});
