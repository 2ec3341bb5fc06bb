import { describe, expect, it } from 'vitest';
import { flood } from '../support/flood.js';
import { laneOf, type LaneKind, LANES, startLane } from '../support/lane.fixture.js';
import { MemoryGauge, MIB } from '../support/memory-gauge.js';
import { OK, Origin } from '../support/origin.js';
import { problemIn, type RawClient } from '../support/raw-client.js';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const CHUNKED = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
/** On a machine that does other things too. */
const SOON = { timeout: 20_000 };
/** What floods try to send; a lane that kept it could not hide it. */
const FLOOD_BYTES = 32 * MIB;
/** What a lane may hold more than before: a quarter of a flood. */
const FLAT_MIB = 8;
/** The HTTP lane's parser makes objects of all requests in a read, 2,400 at most; three times as much is no more than that. */
const PIPELINED_MIB = 128;
/** What several clients at a time may hold, for each. */
const FLAT_MIB_PER_CLIENT = 0.5;

/**
 * Where the lanes differ. The HTTP lane's parser skips any number of empty lines before a request, of spaces behind a
 * method and of zeros before a chunk's size, and keeps nothing of them: there the time ends what the grammar does not. And
 * what it says of a target that is longer than one read does not tell that it was the target.
 */
function byLane<T>(kind: LaneKind, http: T, wire: T): T {
  return laneOf(kind) === 'http' ? http : wire;
}

/** Sends one byte after the other at this pace, for as long as the connection takes them. */
async function dribble(client: RawClient, bytes: string, everyMs: number): Promise<void> {
  for (const byte of bytes) {
    if (client.stream.isEnded) return;
    await client.send(byte).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Nothing more arrives, and not even a half answer: the connection ends behind what was read already. */
async function expectClosed(client: RawClient): Promise<void> {
  await client.stream.ended();
  expect(client.stream.text).toBe('');
  client.close();
}

describe.each(LANES)('%s lane and slow clients', (kind) => {
  it('gives a head its time once, however it dribbles', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { listener: { headTimeoutMs: 400 } });
    const client = await lane.connect();
    const begun = performance.now();
    const sending = dribble(client, `GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ${'x'.repeat(400)}`, 20);
    const response = await client.response();
    const tookMs = performance.now() - begun;
    expect([response.status, problemIn(response)['reason']]).toEqual([408, 'head_timeout']);
    expect(tookMs).toBeGreaterThan(380);
    expect(tookMs).toBeLessThan(2_500);
    await expectClosed(client);
    await sending;
    expect(origin.accepted).toBe(0);
    expect((await lane.record()).dropReason).toBe('head_timeout');
  });

  it('gives the next head on a connection its time too', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { listener: { headTimeoutMs: 400 } });
    const client = await lane.connect();
    expect((await client.ask(GET)).status).toBe(200);
    const sending = dribble(client, `GET / HTTP/1.1\r\nX-Slow: ${'x'.repeat(400)}`, 20);
    const response = await client.response();
    expect([response.status, problemIn(response)['reason']]).toEqual([408, 'head_timeout']);
    await expectClosed(client);
    await sending;
  });

  it('answers a body that stops, counted or in chunks, and lets the backend go', async () => {
    const origin = await Origin.start((connection) => connection.stream.closed);
    const lane = await startLane(kind, [origin], { timeouts: { bodyMs: 200 } });
    for (const bytes of [
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhello',
      `${CHUNKED}5\r\nhello\r\n`,
      `${CHUNKED}5\r\nhel`,
      `${CHUNKED}5;x`,
      `${CHUNKED}5\r\nhello\r\n0\r\nX-Trailer: `,
    ]) {
      const client = await lane.connect();
      const response = await client.ask(bytes);
      expect([response.status, problemIn(response)['reason']], bytes).toEqual([408, 'body_timeout']);
      await expectClosed(client);
      await origin.idle();
    }
  });

  it('ends a body that dribbles for ever with the time of the whole exchange', async () => {
    const origin = await Origin.start((connection) => connection.stream.closed);
    const lane = await startLane(kind, [origin], { timeouts: { bodyMs: 300, requestMs: 600 } });
    const client = await lane.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n');
    const sending = dribble(client, 'x'.repeat(200), 20);
    const response = await client.response();
    expect([response.status, problemIn(response)['reason']]).toEqual([504, 'request_timeout']);
    client.close();
    await sending;
    await origin.idle();
  });

  it('holds little for clients that do not read, and cuts them', async () => {
    const clients = 20;
    const piece = Buffer.alloc(MIB / 16, 'x');
    const taken: number[] = [];
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${FLOOD_BYTES}\r\n\r\n`);
      taken.push((await flood(connection.socket, piece, FLOOD_BYTES)).bytes);
    });
    const lane = await startLane(kind, [origin], { timeouts: { bodyMs: 3_000 } });
    const gauge = await MemoryGauge.start();
    const readers = await Promise.all(Array.from({ length: clients }, () => lane.connect()));
    for (const client of readers) client.socket.pause();
    await Promise.all(readers.map((client) => client.send(GET)));
    await expect.poll(() => taken.length, SOON).toBe(clients);
    expect(await gauge.grownMiB()).toBeLessThan(clients * FLAT_MIB_PER_CLIENT);
    expect(Math.max(...taken)).toBeLessThan(FLOOD_BYTES);
    await lane.record(clients - 1);
    await origin.idle();
    expect(new Set(lane.records.map(({ attempts }) => attempts[0]?.outcome))).toEqual(
      new Set(['client_closed']),
    );
    for (const client of readers) client.close();
  });
});

describe.each(LANES)('%s lane and floods of bytes', (kind) => {
  it.each([
    ['one header without an end', `${GET.slice(0, -2)}X-Flood: `, 'x'.repeat(MIB / 4), 431],
    ['headers without an end', GET.slice(0, -2), 'X-Flood: y\r\n'.repeat(20_000), 431],
    ['a target without an end', 'GET /', 'x'.repeat(MIB / 4), byLane(kind, 431, 414)],
    ['a method without an end', '', 'X'.repeat(MIB / 4), 400],
    ['empty lines without an end', '', '\r\n'.repeat(100_000), byLane(kind, 408, 400)],
    ['spaces without an end', 'GET', ' '.repeat(MIB / 4), byLane(kind, 408, 400)],
  ])('%s', async (_name, start, piece, status) => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { listener: { headTimeoutMs: 1_500 } });
    const gauge = await MemoryGauge.start();
    const client = await lane.connect();
    await client.send(start);
    const { bytes } = await flood(client.socket, piece, FLOOD_BYTES);
    expect(await gauge.grownMiB()).toBeLessThan(FLAT_MIB);
    if (status !== 408) expect(bytes).toBeLessThan(FLOOD_BYTES);
    expect((await client.response()).status).toBe(status);
    await expectClosed(client);
    expect(origin.accepted).toBe(0);
  });

  it.each([
    ['the extension of a chunk', '5;x=', 'y'.repeat(MIB / 4), 'bad_request'],
    ['the size of a chunk', '', '0'.repeat(MIB / 4), byLane(kind, 'body_timeout', 'bad_request')],
    ['one trailer', '0\r\nX-Flood: ', 'x'.repeat(MIB / 4), 'bad_request'],
    ['trailers', '0\r\n', 'X-Flood: y\r\n'.repeat(20_000), 'bad_request'],
  ])('a body with %s without an end', async (_name, start, piece, reason) => {
    const origin = await Origin.start((connection) => connection.stream.closed);
    const lane = await startLane(kind, [origin], { timeouts: { bodyMs: 1_500 } });
    const gauge = await MemoryGauge.start();
    const client = await lane.connect();
    await client.send(CHUNKED + start);
    const { bytes } = await flood(client.socket, piece, FLOOD_BYTES);
    expect(await gauge.grownMiB()).toBeLessThan(FLAT_MIB);
    if (reason === 'bad_request') expect(bytes).toBeLessThan(FLOOD_BYTES);
    expect(problemIn(await client.response())['reason']).toBe(reason);
    await expectClosed(client);
    await origin.idle();
    expect(await lane.record()).toMatchObject({ dropReason: reason, bytesIn: 0 });
  });

  it('passes on what is between long extensions, without them, or refuses it', async () => {
    const pieces = 4_000;
    let received = 0;
    const origin = await Origin.start(async (connection) => {
      connection.socket.removeAllListeners('data');
      connection.socket.on('data', (chunk) => (received += chunk.length));
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin]);
    const gauge = await MemoryGauge.start();
    const client = await lane.connect();
    await client.send(CHUNKED);
    const sent = await flood(client.socket, `1;${'e'.repeat(1_000)}\r\nz\r\n`, pieces * 1_000);
    expect(await gauge.grownMiB()).toBeLessThan(FLAT_MIB);
    if (sent.end === 'sent') {
      await expect.poll(() => received, SOON).toBeGreaterThan(pieces);
    } else expect((await client.response()).status).toBe(400);
    expect(received).toBeLessThan(pieces * 20);
    client.close();
    await origin.idle();
  });

  it('reads no more than a little of what comes behind a refusal', async () => {
    const lane = await startLane(kind, [await Origin.answering(OK)]);
    const client = await lane.connect();
    expect((await client.ask('NONSENSE\r\n\r\n')).status).toBe(400);
    const gauge = await MemoryGauge.start();
    await flood(client.socket, Buffer.alloc(MIB / 4), FLOOD_BYTES);
    expect(await gauge.grownMiB()).toBeLessThan(FLAT_MIB);
    await client.stream.closed;
  });
});

describe.each(LANES)('%s lane and pipelining', (kind) => {
  it('answers 10,000 requests of one write in order', async () => {
    const requests = 10_000;
    const release = Promise.withResolvers<void>();
    const first = Promise.withResolvers<void>();
    const origin = await Origin.start(async (connection) => {
      for (;;) {
        const request = (await connection.stream.takeThrough('\r\n\r\n')).split(' ')[1]!;
        first.resolve();
        await release.promise;
        await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${request.length}\r\n\r\n${request}`);
      }
    });
    const lane = await startLane(kind, [origin]);
    const gauge = await MemoryGauge.start();
    const client = await lane.connect();
    const bytes = Array.from(
      { length: requests },
      (_, index) => `GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`,
    ).join('');
    const sending = client.send(bytes);
    await first.promise;
    // The first one is not answered yet: what the lane has read of the others is all that it holds.
    expect(await gauge.grownMiB()).toBeLessThan(byLane(kind, PIPELINED_MIB, FLAT_MIB));
    release.resolve();
    const wrong: string[] = [];
    for (let index = 0; index < requests; index++) {
      const body = (await client.response()).body.toString();
      if (body !== `/${index}`) wrong.push(`${index}: ${body}`);
    }
    await sending;
    expect(wrong).toEqual([]);
    expect(lane.totals.forwarded).toBe(requests);
    client.close();
  });

  it('stops reading a client that only asks', async () => {
    const origin = await Origin.start((connection) => connection.stream.closed);
    const lane = await startLane(kind, [origin], { timeouts: { responseMs: 2_000 } });
    const gauge = await MemoryGauge.start();
    const client = await lane.connect();
    const { end } = await flood(client.socket, GET.repeat(2_000), FLOOD_BYTES / 4);
    expect(end).toBe('stalled');
    expect(await gauge.grownMiB()).toBeLessThan(byLane(kind, PIPELINED_MIB, FLAT_MIB));
    expect(origin.accepted).toBe(1);
    client.close();
    await origin.idle();
  });
});
