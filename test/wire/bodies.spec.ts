import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LANES, startLane } from '../support/lane.fixture.js';
import { Observation } from '../support/observation.js';
import { OK, Origin } from '../support/origin.js';
import { valueOf, valuesOf } from '../support/raw-message.js';

const MIB = 1024 * 1024;
const STREAMED_MIB = 64;

/** The n-th mebibyte of a body in which no two words are equal: nothing of it can be mistaken for another part. */
function mebibyte(index: number): Buffer {
  const words = new Uint32Array(MIB / 4);
  for (let at = 0; at < words.length; at++) words[at] = index * words.length + at;
  return Buffer.from(words.buffer);
}

function hashOfBody(): string {
  const hash = createHash('sha256');
  for (let index = 0; index < STREAMED_MIB; index++) hash.update(mebibyte(index));
  return hash.digest('hex');
}

describe.each(LANES)('%s lane streams', (kind) => {
  it('a large response through bounded memory, as fast as the client reads', async () => {
    const hash = createHash('sha256');
    let sent = 0;
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${STREAMED_MIB * MIB}\r\n\r\n`);
      for (; sent < STREAMED_MIB; sent++) await connection.send(mebibyte(sent));
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    client.socket.removeAllListeners('data');
    client.socket.pause();
    await client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    let read = 0;
    client.socket.on('readable', () => undefined);
    await once(client.socket, 'readable');
    // The client reads nothing: what the origin gets rid of is what buffers on the way hold.
    const before = await Observation.standstill(() => sent);
    expect(before).toBeLessThan(24);
    for (;;) {
      const chunk = client.socket.read() as Buffer | null;
      if (chunk !== null) {
        const body = read === 0 ? chunk.subarray(chunk.indexOf('\r\n\r\n') + 4) : chunk;
        hash.update(body);
        read += body.length;
      } else if (read < STREAMED_MIB * MIB) await once(client.socket, 'readable');
      else break;
    }
    expect(hash.digest('hex')).toBe(hashOfBody());
    expect((await lane.record()).bytesOut).toBe(STREAMED_MIB * MIB);
    client.close();
  });

  it('a large request through bounded memory, as fast as the backend reads', async () => {
    const hash = createHash('sha256');
    const go = Promise.withResolvers<void>();
    const origin = await Origin.start(async (connection) => {
      await connection.requestHead();
      connection.socket.removeAllListeners('data');
      hash.update(connection.stream.text, 'latin1');
      let taken = connection.stream.text.length;
      connection.socket.pause();
      await go.promise;
      connection.socket.on('data', (chunk: Buffer) => {
        taken += chunk.length;
        hash.update(chunk);
        if (taken === STREAMED_MIB * MIB) void connection.send(OK);
      });
      connection.socket.resume();
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${STREAMED_MIB * MIB}\r\n\r\n`);
    let sent = 0;
    const sending = (async () => {
      for (; sent < STREAMED_MIB; sent++) await client.send(mebibyte(sent));
    })();
    expect(await Observation.standstill(() => sent)).toBeLessThan(24);
    go.resolve();
    await sending;
    expect((await client.response()).status).toBe(200);
    expect(hash.digest('hex')).toBe(hashOfBody());
    expect((await lane.record()).bytesIn).toBe(STREAMED_MIB * MIB);
    client.close();
  });

  it('server-sent events one by one, the head at once', async () => {
    const next = Promise.withResolvers<void>();
    const last = Promise.withResolvers<void>();
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      await connection.send(
        'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
      );
      await next.promise;
      await connection.send('9\r\ndata: 1\n\n\r\n');
      await last.promise;
      await connection.send('9\r\ndata: 2\n\n\r\n0\r\n\r\n');
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send('GET /events HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await client.head()).status).toBe(200);
    next.resolve();
    await client.stream.takeThrough('data: 1\n\n\r\n');
    expect(lane.records).toEqual([]);
    last.resolve();
    await client.stream.takeThrough('0\r\n\r\n');
    expect((await lane.record()).bytesOut).toBe(18);
    client.close();
  });

  it('both ways at once: an answer that begins before the request has ended', async () => {
    const origin = await Origin.start(async (connection) => {
      await connection.requestHead();
      await connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      for (;;) {
        const size = Number.parseInt(await connection.stream.takeThrough('\r\n'), 16);
        const data = (await connection.stream.takeThrough('\r\n')).slice(0, -2);
        await connection.send(`${size.toString(16)}\r\n${data}\r\n`);
        if (size === 0) return;
      }
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    expect((await client.head()).status).toBe(200);
    for (const word of ['one', 'three', 'seven']) {
      await client.send(`${word.length.toString(16)}\r\n${word}\r\n`);
      await client.stream.takeThrough(`${word}\r\n`);
    }
    await client.send('0\r\n\r\n');
    await client.stream.takeThrough('0\r\n\r\n');
    expect(await lane.record()).toMatchObject({ bytesIn: 13, bytesOut: 13, status: 200 });
    client.close();
  });

  it('trailers both ways, without those that must not be there', async () => {
    const origin = await Origin.answering(
      'HTTP/1.1 200 OK\r\nTrailer: X-Sum, Set-Cookie\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\nSet-Cookie: 9\r\nx-last: 8\r\n\r\n',
    );
    const lane = await startLane(kind, [origin]);
    const response = await lane.ask(
      'POST / HTTP/1.1\r\nHost: a\r\nTE: trailers, gzip\r\nConnection: TE\r\nTrailer: X-In\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-In: 1\r\nHost: b\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n',
    );
    const request = origin.requests[0]!;
    expect(request.trailers).toEqual([['X-In', '1']]);
    expect([valueOf(request, 'te'), valueOf(request, 'trailer')]).toEqual(['trailers', 'X-In']);
    expect(valueOf(request, 'connection')).toMatch(/\bTE\b/);
    expect(response.trailers).toEqual([
      ['X-Sum', '7'],
      ['x-last', '8'],
    ]);
    expect(valueOf(response, 'trailer')).toBe('X-Sum, Set-Cookie');
    expect(origin.accepted).toBe(1);
  });

  it('a response whose end is the end of the connection', async () => {
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      await connection.send('HTTP/1.0 200 OK\r\nTrailer: X\r\n\r\nhello');
      connection.end();
    });
    const lane = await startLane(kind, [origin]);
    const response = await lane.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(response.body.toString()).toBe('hello');
    expect(valueOf(response, 'transfer-encoding')).toBe('chunked');
  });
});

describe.each(LANES)('%s lane and Expect: 100-continue', (kind) => {
  const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';

  it('passes the expectation on and the 100 back', async () => {
    const origin = await Origin.start(async (connection) => {
      await connection.requestHead();
      expect(connection.stream.text).toBe('');
      await connection.send('HTTP/1.1 100 Continue\r\n\r\n');
      const body = await connection.stream.takeBytes(5);
      await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n${body.toString()}`);
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    expect((await client.ask(HEAD)).status).toBe(100);
    expect((await client.ask('hello')).body.toString()).toBe('hello');
    expect(valueOf(origin.requests[0]!, 'expect')).toBe('100-continue');
    client.close();
  });

  it('passes the final refusal back without the body, and closes', async () => {
    const origin = await Origin.start(async (connection) => {
      await connection.requestHead();
      await connection.send('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n');
      await connection.stream.closed;
      expect(connection.stream.text).toBe('');
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    const response = await client.ask(HEAD);
    expect([response.status, valueOf(response, 'connection')]).toEqual([413, 'close']);
    await client.stream.ended();
    await origin.idle();
    expect(await lane.record()).toMatchObject({ status: 413, dropReason: null, bytesIn: 0 });
    client.close();
  });

  it('sends the body to a backend that ignores the expectation once the client sends it', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send(HEAD);
    expect((await client.ask('hello')).status).toBe(200);
    expect(origin.requests[0]!.body.toString()).toBe('hello');
    client.close();
  });

  it('moves on to the next backend when the first refuses the connection', async () => {
    const dead = await Origin.refusing();
    const origin = await Origin.start(async (connection) => {
      await connection.requestHead();
      await connection.send('HTTP/1.1 100 Continue\r\n\r\n');
      await connection.stream.takeBytes(5);
      await connection.send(OK);
    });
    const lane = await startLane(kind, [dead, origin]);
    const client = await lane.connect();
    expect((await client.ask(HEAD)).status).toBe(100);
    expect((await client.ask('hello')).status).toBe(200);
    client.close();
  });
});

describe.each(LANES)('%s lane and interim responses', (kind) => {
  it('passes 103 on with its fields, before the final response', async () => {
    const origin = await Origin.answering(
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nlink: </b.css>\r\nConnection: x-in\r\nX-In: 1\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    );
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    const early = await client.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(early.status).toBe(103);
    expect(early.headers).toEqual([
      ['Link', '</a.css>'],
      ['link', '</b.css>'],
    ]);
    expect((await client.response()).status).toBe(102);
    expect((await client.response()).status).toBe(200);
    client.close();
  });

  it('keeps them from HTTP/1.0 clients, who do not know them', async () => {
    const origin = await Origin.answering(
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    );
    const lane = await startLane(kind, [origin]);
    expect((await lane.ask('GET / HTTP/1.0\r\n\r\n')).status).toBe(200);
  });
});

describe.each(LANES)('%s lane and answers that come before the request has ended', (kind) => {
  it('passes the answer on, stops the upload, and goes on when the client finishes', async () => {
    const origin = await Origin.start(async (connection) => {
      const request = await connection.requestHead();
      if (request.line.startsWith('GET')) return connection.send(OK);
      await connection.stream.takeBytes(4);
      await connection.send('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabcd');
    expect((await client.response()).status).toBe(403);
    await origin.idle();
    await client.send('x'.repeat(100_000 - 4));
    expect((await client.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n')).status).toBe(200);
    expect(valuesOf(origin.requests[1]!, 'host')).toEqual(['a']);
    expect((await lane.record()).status).toBe(403);
    client.close();
  });

  it('does not destroy the answer when the client wanted the connection closed', async () => {
    const origin = await Origin.start(async (connection) => {
      await connection.requestHead();
      await connection.send('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 9000000\r\n\r\n');
    const flood = client.send(Buffer.alloc(4_000_000)).catch(() => undefined);
    expect((await client.response()).status).toBe(403);
    await client.stream.ended();
    expect(client.stream.wasReset).toBe(false);
    client.close();
    await flood;
  });

  it('refuses uploads the same way', async () => {
    const lane = await startLane(kind, [await Origin.answering(OK)], { service: { hosts: ['only.test'] } });
    const client = await lane.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n');
    expect((await client.response()).status).toBe(404);
    await client.send(Buffer.alloc(1_000_000));
    expect((await client.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n')).status).toBe(404);
    client.close();
  });

  it('runs what comes in one piece with the end of a refused upload one after the other', async () => {
    const arrivals = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
    const releases = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
    let arrived = 0;
    const origin = await Origin.start(async (connection) => {
      for (;;) {
        const request = await connection.request();
        if (request.line.includes('/shop/held')) {
          const index = arrived++;
          arrivals[index]!.resolve();
          await releases[index]!.promise;
        }
        await connection.send(OK);
      }
    });
    const lane = await startLane(kind, [origin], { service: { paths: ['/shop'] } });
    const client = await lane.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345');
    expect((await client.response()).status).toBe(404);
    await client.send(`67890${'GET /shop/held HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3)}nonsense\r\n\r\n`);
    for (let index = 0; index < 3; index++) {
      await arrivals[index]!.promise;
      // While others come and go, a second one would have arrived.
      for (let other = 0; other < 5; other++) {
        expect((await lane.ask('GET /shop HTTP/1.1\r\nHost: a\r\n\r\n')).status).toBe(200);
      }
      expect(arrived).toBe(index + 1);
      releases[index]!.resolve();
      expect((await client.response()).status).toBe(200);
    }
    expect((await client.response()).status).toBe(400);
    await client.stream.ended();
    client.close();
  });

  it('keeps nothing of a client that leaves between its refusal and the end of its upload', async () => {
    const lane = await startLane(kind, [await Origin.answering(OK)], { service: { hosts: ['only.test'] } });
    for (const how of ['close', 'reset'] as const) {
      for (const connection of ['keep-alive', 'close']) {
        const client = await lane.connect();
        await client.send(
          `POST / HTTP/1.1\r\nHost: a\r\nConnection: ${connection}\r\nContent-Length: 1000000\r\n\r\nabc`,
        );
        expect((await client.response()).status).toBe(404);
        client[how]();
      }
    }
  });
});
