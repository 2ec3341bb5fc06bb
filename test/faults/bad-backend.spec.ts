import { describe, expect, it } from 'vitest';
import { flood, type FloodEnd } from '../support/flood.js';
import { laneOf, type LaneKind, LANES, startLane } from '../support/lane.fixture.js';
import { MemoryGauge, MIB } from '../support/memory-gauge.js';
import { Origin, type OriginConnection } from '../support/origin.js';
import { problemIn } from '../support/raw-client.js';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const HINT = `HTTP/1.1 103 Early Hints\r\nLink: </${'a'.repeat(100)}>; rel=preload\r\n\r\n`;
/** On a machine that does other things too. */
const SOON = { timeout: 20_000 };
const FLOOD_BYTES = 32 * MIB;
const FLAT_MIB = 8;

/** An origin that floods behind the first request of a connection, and how each flood went. */
async function floodingOrigin(start: string, piece: string | Buffer, limit = FLOOD_BYTES) {
  const floods: FloodEnd[] = [];
  const origin = await Origin.start(async (connection) => {
    await connection.request();
    await connection.send(start);
    floods.push(await flood(connection.socket, piece, limit));
    await connection.stream.closed;
  });
  return { origin, floods };
}

describe.each(LANES)('%s lane and floods from a backend', (kind) => {
  it.each([
    ['one header without an end', 'HTTP/1.1 200 OK\r\nX-Flood: ', 'x'.repeat(MIB / 4)],
    ['headers without an end', 'HTTP/1.1 200 OK\r\n', 'X-Flood: y\r\n'.repeat(20_000)],
    ['a status line without an end', 'HTTP/1.1 200 ', 'x'.repeat(MIB / 4)],
    ['an interim response without an end', 'HTTP/1.1 103 Early Hints\r\n', 'X-Flood: y\r\n'.repeat(20_000)],
  ])('%s: 502, and the connection is closed', async (_name, start, piece) => {
    const { origin, floods } = await floodingOrigin(start, piece);
    const lane = await startLane(kind, [origin]);
    const gauge = await MemoryGauge.start();
    const response = await lane.ask(GET);
    expect([response.status, problemIn(response)['reason']]).toEqual([502, 'bad_response']);
    await origin.idle();
    expect(await gauge.grownMiB()).toBeLessThan(FLAT_MIB);
    await expect.poll(() => floods.length, SOON).toBe(1);
    expect(floods[0]).toMatchObject({ end: 'cut' });
    expect(floods[0]!.bytes).toBeLessThan(FLOOD_BYTES);
  });

  it.each([
    ['the extension of a chunk', '5;x=', 'y'.repeat(MIB / 4)],
    ['one trailer', '5\r\nhello\r\n0\r\nX-Flood: ', 'x'.repeat(MIB / 4)],
    ['trailers', '5\r\nhello\r\n0\r\n', 'X-Flood: y\r\n'.repeat(20_000)],
  ])('%s without an end: the client is cut off and can tell', async (_name, start, piece) => {
    const { origin, floods } = await floodingOrigin(CHUNKED + start, piece);
    const lane = await startLane(kind, [origin]);
    const gauge = await MemoryGauge.start();
    const client = await lane.connect();
    await client.send(GET);
    await client.stream.ended();
    await origin.idle();
    expect(await gauge.grownMiB()).toBeLessThan(FLAT_MIB);
    expect(client.stream.text).not.toContain('\r\n0\r\n');
    await expect.poll(() => floods.length, SOON).toBe(1);
    expect(floods[0]!.bytes).toBeLessThan(FLOOD_BYTES);
    client.close();
  });

  it.each([
    ['reads', 'HTTP/1.1'],
    ['reads nothing', 'HTTP/1.1'],
    ['does not know them', 'HTTP/1.0'],
  ])('interim responses without an end, for a client that %s', async (how, protocol) => {
    const { origin, floods } = await floodingOrigin('', HINT.repeat(1_000));
    const lane = await startLane(kind, [origin], { timeouts: { responseMs: 2_000, bodyMs: 2_000 } });
    const gauge = await MemoryGauge.start();
    const client = await lane.connect();
    client.socket.removeAllListeners('data');
    let last = '';
    if (how === 'reads nothing') client.socket.pause();
    else
      client.socket.on('data', (chunk: Buffer) => (last = (last + chunk.toString('latin1')).slice(-2_000)));
    await client.send(`GET / ${protocol}\r\nHost: a\r\n\r\n`);
    await expect.poll(() => floods.length, SOON).toBe(1);
    expect(await gauge.grownMiB()).toBeLessThan(2 * FLAT_MIB);
    await origin.idle();
    const { dropReason, status } = await lane.record();
    expect([status, dropReason]).toEqual(
      how === 'reads nothing' && dropReason === 'client_closed'
        ? [499, 'client_closed']
        : expect.toBeOneOf([
            [502, 'bad_response'],
            [504, 'response_timeout'],
          ]),
    );
    if (how !== 'reads nothing') {
      await expect.poll(() => last, SOON).toContain(`HTTP/1.1 ${status} `);
      expect(last).not.toContain('HTTP/1.1 200');
    }
    client.close();
  });
});

describe.each(LANES)('%s lane and a backend that answers at the wrong time', (kind) => {
  /** Answers each request with its target, after what `begin` does with the connection. */
  async function answeringOrigin(begin: (connection: OriginConnection) => Promise<void>, again = '') {
    return Origin.start(async (connection) => {
      await begin(connection);
      for (;;) {
        const target = (await connection.request()).line.split(' ')[1]!;
        await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`);
        if (again !== '') {
          await new Promise((resolve) => setTimeout(resolve, 20));
          await connection.send(again);
        }
      }
    });
  }

  const EARLY = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly';

  it('twice, the second time when nothing was asked: nobody gets it', async () => {
    const origin = await answeringOrigin(() => Promise.resolve(), EARLY);
    const lane = await startLane(kind, [origin]);
    for (let index = 0; index < 4; index++) {
      const response = await lane.ask(`GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`);
      expect([response.status, response.body.toString()]).toEqual([200, `/${index}`]);
      await origin.idle();
    }
    expect(origin.accepted).toBe(4);
  });

  it('twice at once: the second answer is nobody’s, and the connection is not used again', async () => {
    const origin = await Origin.answering((request) => {
      const target = request.line.split(' ')[1]!;
      return `HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`.concat(EARLY);
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    for (let index = 0; index < 4; index++) {
      const response = await client.ask(`GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`);
      expect([response.status, response.body.toString()]).toEqual([200, `/${index}`]);
    }
    await origin.idle();
    expect(origin.accepted).toBe(4);
    client.close();
  });

  it('before it was asked: at most the first exchange of the connection is harmed, never another', async () => {
    const origin = await answeringOrigin((connection) => connection.send(EARLY));
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    for (let index = 0; index < 6; index++) {
      const response = await client.ask(`GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`);
      const answer = response.status === 502 ? 'refused' : response.body.toString();
      expect(['refused', 'early', `/${index}`]).toContain(answer);
    }
    client.close();
  });

  it('before the request has ended, and then goes on reading nothing: what still comes is bounded', async () => {
    const origin = await Origin.start(async (connection) => {
      await connection.requestHead();
      connection.socket.pause();
      await connection.send('HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno');
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin]);
    const gauge = await MemoryGauge.start();
    const client = await lane.connect();
    await client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${64 * MIB}\r\n\r\n`);
    expect((await client.response()).status).toBe(413);
    await flood(client.socket, Buffer.alloc(MIB / 4), FLOOD_BYTES);
    expect(await gauge.grownMiB()).toBeLessThan(FLAT_MIB);
    expect(client.stream.text).toBe('');
    client.close();
    await origin.idle();
  });
});

/** Everything after `hello` that makes a chunked response whole, so that any shorter part of it does not. */
const LAST = '\r\n0\r\n\r\n';

describe.each(LANES)('%s lane and a response that is cut off', (kind) => {
  const cuts = Array.from({ length: LAST.length }, (_, length) => [
    `chunked, ${JSON.stringify(LAST.slice(0, length))} behind the data`,
    `${CHUNKED}5\r\nhello${LAST.slice(0, length)}`,
  ]);
  it.each([
    ...cuts,
    ['chunked, in the middle of a size', `${CHUNKED}5\r\nhello\r\n1`],
    ['chunked, in the middle of a chunk', `${CHUNKED}a\r\nhello`],
    ['chunked, in the middle of a trailer', `${CHUNKED}5\r\nhello\r\n0\r\nX-A: 1`],
    ['counted, one byte short', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello'],
  ])('%s: the client has what came and no end', async (_name, bytes) => {
    for (const how of ['end', 'reset'] as const) {
      const seen = Promise.withResolvers<void>();
      const origin = await Origin.start(async (connection) => {
        await connection.request();
        await connection.send(bytes);
        await seen.promise;
        connection[how]();
      });
      const lane = await startLane(kind, [origin]);
      const client = await lane.connect();
      await client.send(GET);
      await client.stream.takeThrough('hello');
      seen.resolve();
      await client.stream.ended();
      expect(client.stream.text).not.toContain('0\r\n\r\n');
      expect((await lane.record()).attempts).toMatchObject([{ outcome: 'truncated' }]);
      client.close();
    }
  });

  it('ended by a reset where only the end of the connection would be the end of the body', async () => {
    const seen = Promise.withResolvers<void>();
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      await connection.send('HTTP/1.1 200 OK\r\n\r\nhello');
      await seen.promise;
      connection.reset();
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await client.stream.takeThrough('hello');
    seen.resolve();
    await client.stream.ended();
    expect(client.stream.text.includes('0\r\n\r\n')).toBe(byLane(kind, true, false));
    expect((await lane.record()).attempts).toMatchObject([{ outcome: byLane(kind, 'ok', 'truncated') }]);
    client.close();
  });

  it('an HTTP/1.0 client, for whom the end of the connection is the end of the body, sees a reset', async () => {
    const seen = Promise.withResolvers<void>();
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      await connection.send(`${CHUNKED}5\r\nhello\r\n`);
      await seen.promise;
      connection.reset();
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send('GET / HTTP/1.0\r\n\r\n');
    await client.stream.takeThrough('hello');
    seen.resolve();
    await client.stream.closed;
    expect(client.stream.wasReset).toBe(byLane(kind, false, true));
  });
});

/**
 * Where the lanes differ. Node's client takes a reset for the end of a body that has no other, so the HTTP lane never learns
 * of it; and the library below closes the client's connection with an ordinary end before the lane can reset it.
 */
function byLane<T>(kind: LaneKind, http: T, wire: T): T {
  return laneOf(kind) === 'http' ? http : wire;
}
