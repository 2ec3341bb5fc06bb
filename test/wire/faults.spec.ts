import { describe, expect, it, onTestFinished } from 'vitest';
import { backendSnapshot } from '../support/balancer.fixture.js';
import { type LaneKind, type LaneOptions, LANES, startLane } from '../support/lane.fixture.js';
import { Observation } from '../support/observation.js';
import { hang, OK, Origin, type OriginScript, resetAfterRequest } from '../support/origin.js';
import { problemIn } from '../support/raw-client.js';
import { valueOf } from '../support/raw-message.js';
import { startUnansweringPort } from '../support/unanswering-port.js';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello';

const closeAfterRequest: OriginScript = async (connection) => {
  await connection.request();
  connection.end();
};

describe.each(LANES)('%s lane and a backend that cannot be reached', (kind) => {
  it.each([
    ['GET', GET],
    ['POST with a body', POST],
    [
      'POST in chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    ],
  ])('moves on to the next one: %s', async (_name, bytes) => {
    const dead = [await Origin.refusing(), await Origin.refusing()];
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [...dead, origin]);
    expect((await lane.ask(bytes)).status).toBe(200);
    if (bytes !== GET) expect(origin.requests[0]!.body.toString()).toBe('hello');
    expect((await lane.record()).attempts).toMatchObject([
      { backend: 'backend-0', outcome: 'connect_failed', status: 0 },
      { backend: 'backend-1', outcome: 'connect_failed', status: 0 },
      { backend: 'backend-2', outcome: 'ok', status: 200 },
    ]);
  });

  it('gives up after the configured attempts', async () => {
    const dead = [await Origin.refusing(), await Origin.refusing(), await Origin.refusing()];
    const lane = await startLane(kind, dead, { retries: 1 });
    const response = await lane.ask(GET);
    expect([response.status, problemIn(response)['reason']]).toEqual([502, 'connect_failed']);
    expect((await lane.record()).attempts).toHaveLength(2);

    const single = await startLane(kind, [await Origin.refusing()], { retries: 5 });
    expect((await single.ask(POST)).status).toBe(502);
    expect(await single.record()).toMatchObject({
      dropReason: 'connect_failed',
      backend: 'backend-0',
      status: 502,
    });
    expect((await single.record()).attempts).toHaveLength(6);
  });

  it('answers without telling anything of the inside', async () => {
    const dead = await Origin.refusing();
    const lane = await startLane(kind, [dead]);
    const response = await lane.ask(GET);
    const text = response.head + response.body.toString();
    expect(text).not.toContain(String(dead.port));
    expect(text).not.toMatch(/ECONN|node|velocity|\bat\b.*:\d/i);
  });

  it('waits for a connection as long as configured, then moves on', async () => {
    const mute = await startUnansweringPort();
    onTestFinished(() => mute.stop());
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [], {
      timeouts: { connectMs: 150 },
      service: { backends: [mute, mute, origin].map(({ port }, slot) => backendSnapshot(slot, { port })) },
    });
    onTestFinished(() => origin.stop());
    expect((await lane.ask(POST)).status).toBe(200);
    expect(origin.requests[0]!.body.toString()).toBe('hello');
    const { attempts } = await lane.record();
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['connect_timeout', 'connect_timeout', 'ok']);
    expect(attempts[0]!.totalUs).toBeGreaterThan(140_000);
    expect(attempts[0]!.totalUs).toBeLessThan(1_000_000);

    const alone = await startLane(kind, [], {
      timeouts: { connectMs: 100 },
      service: { backends: [backendSnapshot(0, { port: mute.port })] },
    });
    const response = await alone.ask(GET);
    expect([response.status, problemIn(response)['reason']]).toEqual([504, 'connect_timeout']);
  });
});

describe.each(LANES)('%s lane and a backend that breaks off before its response', (kind) => {
  it.each([
    ['reset', resetAfterRequest],
    ['closed', closeAfterRequest],
  ])('%s: an idempotent request is tried elsewhere', async (_name, script) => {
    const broken = await Origin.start(script);
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [broken, origin]);
    expect((await lane.ask(GET)).status).toBe(200);
    expect((await lane.record()).attempts).toMatchObject([{ outcome: 'reset' }, { outcome: 'ok' }]);
  });

  it.each([
    ['POST', POST],
    ['POST without a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n'],
  ])('%s is not', async (_name, bytes) => {
    const broken = await Origin.start(resetAfterRequest);
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [broken, origin]);
    const response = await lane.ask(bytes);
    expect([response.status, problemIn(response)['reason']]).toEqual([502, 'bad_response']);
    expect(origin.accepted).toBe(0);
  });

  it('on a kept-alive connection that it had closed: retried when safe, 502 when not', async () => {
    const script: OriginScript = async (connection) => {
      await connection.request();
      await connection.send(OK);
      await connection.request();
      connection.reset();
    };
    for (const [bytes, status] of [
      [GET, 200],
      [POST, 502],
    ] as const) {
      const stale = await Origin.start(script);
      const other = await Origin.answering(OK);
      const lane = await startLane(kind, [stale, other]);
      expect((await lane.ask(GET)).status).toBe(200);
      lane.memory.states.setAdminState(1, 0, 'disabled');
      await lane.record();
      lane.memory.states.setAdminState(1, 0, 'enabled');
      lane.memory.setCursor(0, 0);
      const response = await lane.ask(bytes);
      expect(response.status).toBe(status);
      expect((await lane.record(1)).attempts[0]).toMatchObject({
        backend: 'backend-0',
        outcome: 'reset',
        connectUs: 0,
      });
    }
  });
});

describe.each(LANES)('%s lane and a response that is not HTTP', (kind) => {
  it.each(
    Object.entries({
      rubbish: 'rubbish\r\n\r\n',
      'a status that is no number': 'HTTP/1.1 2xx OK\r\n\r\n',
      'Content-Length and Transfer-Encoding':
        'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok',
      'two Content-Length': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok',
      'a folded header': 'HTTP/1.1 200 OK\r\nX-A: 1\r\n folded\r\nContent-Length: 0\r\n\r\n',
      'a space before the colon': 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n',
      'an endless head': `HTTP/1.1 200 OK\r\nX-A: ${'x'.repeat(100_000)}\r\n\r\n`,
      'a coding nobody asked for':
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n',
      'an upgrade nobody asked for':
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
    }),
  )('%s', async (_name, bytes) => {
    const origin = await Origin.answering(bytes);
    const other = await Origin.answering(OK);
    const lane = await startLane(kind, [origin, other]);
    const client = await lane.connect();
    const response = await client.ask(GET);
    expect([response.status, problemIn(response)['reason']]).toEqual([502, 'bad_response']);
    expect((await lane.record()).attempts).toMatchObject([{ outcome: 'bad_response' }]);
    expect((await client.ask(GET)).status).toBe(200);
    await origin.idle();
    client.close();
  });

  it("an answer behind the answer does not become the next exchange's", async () => {
    const origin = await Origin.answering(`${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`);
    const lane = await startLane(kind, [origin]);
    for (let index = 0; index < 5; index++)
      expect((await lane.ask(GET)).body.toString()).not.toContain('poison');
  });
});

describe.each(LANES)('%s lane and a backend that dies in the middle of its response', (kind) => {
  it.each([
    ['a counted one', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello'],
    ['a chunked one', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  ])('cuts the client off, so that it can tell: %s', async (_name, bytes) => {
    for (const end of ['end', 'reset'] as const) {
      const origin = await Origin.start(async (connection) => {
        await connection.request();
        await connection.send(bytes);
        await release.promise;
        connection[end]();
      });
      const release = Promise.withResolvers<void>();
      const lane = await startLane(kind, [origin, await Origin.answering(OK)]);
      const client = await lane.connect();
      await client.send(GET);
      expect((await client.head()).status).toBe(200);
      await client.stream.takeThrough('hello');
      release.resolve();
      await client.stream.ended();
      expect(client.stream.text).not.toContain('0\r\n\r\n');
      const record = await lane.record();
      expect(record).toMatchObject({ status: 200, dropReason: null, bytesOut: 5 });
      expect(record.attempts).toMatchObject([{ outcome: 'truncated', status: 200 }]);
      expect(lane.totals).toMatchObject({ received: 1, forwarded: 1, dropped: 0 });
    }
  });
});

describe.each(LANES)('%s lane and time', (kind) => {
  const cases: Record<
    string,
    { timeouts: LaneOptions['timeouts']; bytes: string; script: OriginScript; status: number; reason: string }
  > = {
    'a response that does not begin': {
      timeouts: { responseMs: 120 },
      bytes: GET,
      script: hang,
      status: 504,
      reason: 'response_timeout',
    },
    'a request body that stops': {
      timeouts: { bodyMs: 120 },
      bytes: POST.slice(0, -2),
      script: hang,
      status: 408,
      reason: 'body_timeout',
    },
    'an exchange that takes too long': {
      timeouts: { requestMs: 120 },
      bytes: GET,
      script: hang,
      status: 504,
      reason: 'request_timeout',
    },
  };
  it.each(Object.entries(cases))('limits %s', async (_name, { timeouts, bytes, script, status, reason }) => {
    const origin = await Origin.start(script);
    const lane = await startLane(kind, [origin, await Origin.answering(OK)], { timeouts, retries: 0 });
    const client = await lane.connect();
    const response = await client.ask(bytes);
    expect([response.status, problemIn(response)['reason']]).toEqual([status, reason]);
    await origin.idle();
    const record = await lane.record();
    expect(record).toMatchObject({ dropReason: reason, attempts: [{ outcome: reason }] });
    expect(record.totalUs).toBeGreaterThan(100_000);
    expect(record.totalUs).toBeLessThan(2_000_000);
    client.close();
  });

  it('lets slow bodies be slow as long as they move', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { timeouts: { bodyMs: 400, responseMs: 400 } });
    const client = await lane.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n');
    for await (const _ of Observation.every(100, 8)) await client.send('x');
    expect((await client.response()).status).toBe(200);
    client.close();
  });

  it('closes idle connections before the backend does, by its own hint', async () => {
    for (const [hint, idleMs] of [
      ['', 100],
      ['Keep-Alive: timeout=1\r\n', 60_000],
    ] as const) {
      const origin = await Origin.answering(`HTTP/1.1 200 OK\r\n${hint}Content-Length: 2\r\n\r\nok`);
      const lane = await startLane(kind, [origin], { timeouts: { upstreamIdleMs: idleMs } });
      expect((await lane.ask(GET)).status).toBe(200);
      await origin.idle();
      expect((await lane.ask(GET)).status).toBe(200);
      expect(origin.accepted).toBe(2);
    }
  });
});

describe.each(LANES)('%s lane and a client that leaves', (kind) => {
  it.each(['close', 'reset'] as const)(
    'before the response (%s): the backend is let go at once',
    async (how) => {
      const { lane, client, origin } = await laneWithAnUnansweredRequest(kind);
      client[how]();
      await origin.idle();
      expect(await lane.record()).toMatchObject({
        status: 499,
        dropReason: 'client_closed',
        attempts: [{ outcome: 'client_closed' }],
      });
    },
  );

  it('in the middle of its request body', async () => {
    const arrived = Promise.withResolvers<void>();
    const origin = await Origin.start(async (connection) => {
      await connection.requestHead();
      await connection.stream.takeBytes(3);
      arrived.resolve();
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send(POST.slice(0, -2));
    await arrived.promise;
    client.close();
    await origin.idle();
    expect(await lane.record()).toMatchObject({ dropReason: 'client_closed', bytesIn: 3 });
  });

  it('in the middle of the response', async () => {
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello');
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send(GET);
    await client.stream.takeThrough('hello');
    client.close();
    await origin.idle();
    expect(await lane.record()).toMatchObject({
      status: 200,
      dropReason: null,
      bytesOut: 5,
      attempts: [{ outcome: 'client_closed' }],
    });
  });

  it('a hundred at once leave nothing behind', async () => {
    let arrived = 0;
    const all = Promise.withResolvers<void>();
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      if (++arrived === 100) all.resolve();
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin]);
    const clients = await Promise.all(Array.from({ length: 100 }, () => lane.connect()));
    await Promise.all(clients.map((client) => client.send(GET)));
    await all.promise;
    expect(lane.memory.inFlight(0)).toBe(100);
    expect(lane.totals.inFlight).toBe(100);
    for (const client of clients) client.reset();
    await origin.idle();
    await lane.record(99);
    expect(lane.memory.inFlight(0)).toBe(0);
    expect(lane.totals).toMatchObject({
      received: 100,
      droppedByReason: { client_closed: 100 },
      inFlight: 0,
    });
  });
});

describe.each(LANES)('%s lane being drained', (kind) => {
  it('finishes what runs, says close, takes nothing new, closes what is idle', async () => {
    const arrived = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const origin = await Origin.start(async (connection) => {
      for (;;) {
        const request = await connection.request();
        if (request.line.includes('slow')) {
          arrived.resolve();
          await release.promise;
        }
        await connection.send(OK);
      }
    });
    const lane = await startLane(kind, [origin]);
    const idle = await lane.connect();
    await idle.ask(GET);
    const busy = await lane.connect();
    await busy.send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await arrived.promise;
    const drained = lane.drain(10_000);
    await idle.stream.ended();
    await expect(lane.connect()).rejects.toThrow('ECONNREFUSED');
    release.resolve();
    const response = await busy.response();
    expect([response.status, valueOf(response, 'connection')]).toEqual([200, 'close']);
    await busy.stream.ended();
    busy.close();
    expect(await drained).toBe(0);
  });

  it('has ended when the last exchange has, also one whose client leaves', async () => {
    const { lane, client } = await laneWithAnUnansweredRequest(kind);
    const drained = lane.drain(10_000);
    client.reset();
    expect(await drained).toBe(0);
    expect(lane.records).toMatchObject([{ dropReason: 'client_closed' }]);
  });

  it('cuts what still runs at the deadline, and says so', async () => {
    const { lane, client, origin } = await laneWithAnUnansweredRequest(kind);
    expect(await lane.drain(50)).toBe(1);
    expect(await lane.record()).toMatchObject({
      dropReason: 'shutting_down',
      status: 503,
      attempts: [{ outcome: 'shutting_down' }],
    });
    await origin.idle();
    client.close();
  });
});

/** A request is with a backend that never answers. */
async function laneWithAnUnansweredRequest(kind: LaneKind) {
  const arrived = Promise.withResolvers<void>();
  const origin = await Origin.start(async (connection) => {
    await connection.request();
    arrived.resolve();
    await connection.stream.closed;
  });
  const lane = await startLane(kind, [origin]);
  const client = await lane.connect();
  await client.send(GET);
  await arrived.promise;
  return { lane, client, origin };
}
