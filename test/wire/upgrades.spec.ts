import { createServer } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { backendSnapshot } from '../support/balancer.fixture.js';
import { LANES, type LaneFixture, type LaneKind, startLane } from '../support/lane.fixture.js';
import { Observation } from '../support/observation.js';
import { OK, Origin } from '../support/origin.js';
import { problemIn } from '../support/raw-client.js';
import { valueOf, valuesOf } from '../support/raw-message.js';

const HANDSHAKE =
  'GET /chat?room=1 HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n';
const AGREED =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Raw: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n';

/** Agrees, then sends back what it gets. */
function echoing(): Promise<Origin> {
  return Origin.start(async (connection) => {
    await connection.request();
    connection.socket.removeAllListeners('data');
    connection.socket.on('data', (chunk: Buffer) => connection.socket.write(chunk));
    await connection.send(AGREED);
    await connection.stream.closed;
  });
}

describe.each(LANES)('%s lane upgrades', (kind) => {
  it('to WebSocket, with the headers of any other request', async () => {
    const origin = await echoing();
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send(HANDSHAKE);
    const response = await client.head();
    expect(response.status).toBe(101);
    expect(valueOf(response, 'upgrade')).toBe('websocket');
    expect(valueOf(response, 'connection')).toBe('Upgrade');
    expect(valuesOf(response, 'set-cookie')).toEqual(['a=1', 'b=2']);
    const request = origin.requests[0]!;
    expect(request.line).toBe('GET /chat?room=1 HTTP/1.1');
    expect([valueOf(request, 'upgrade'), valueOf(request, 'connection')]).toEqual(['websocket', 'Upgrade']);
    expect(valuesOf(request, 'x-forwarded-for')).toEqual(['127.0.0.1']);
    expect(valueOf(request, 'sec-websocket-key')).toBe('dGhlIHNhbXBsZSBub25jZQ==');
    await client.send('hello');
    expect((await client.stream.takeBytes(5)).toString()).toBe('hello');
    expect(lane.memory.inFlight(0)).toBe(1);
    client.socket.end();
    await client.stream.ended();
    await origin.idle();
    const record = await lane.record();
    expect(record).toMatchObject({
      status: 101,
      bytesIn: 5,
      bytesOut: 5,
      dropReason: null,
      attempts: [{ outcome: 'ok' }],
    });
    expect(valueOf(response, 'x-request-id')).toBe(record.requestId);
    client.close();
  });

  it('and passes on what either side says right behind its handshake', async () => {
    const origin = await Origin.start(async (connection) => {
      await connection.requestHead();
      await connection.send(`${AGREED}early`);
      const early = await connection.stream.takeBytes(3);
      await connection.send(early);
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [await Origin.refusing(), origin]);
    const client = await lane.connect();
    await client.send(`${HANDSHAKE}abc`);
    expect((await client.head()).status).toBe(101);
    await client.stream.takeThrough('earlyabc');
    client.close();
    expect(await lane.record()).toMatchObject({
      bytesIn: 3,
      bytesOut: 8,
      attempts: [{ outcome: 'connect_failed' }, { outcome: 'ok' }],
    });
  });

  it('a hundred of them at once, echoing', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const lane = await startOver(kind, port);
    const payload = 'x'.repeat(10_000);
    const echo = async (index: number) => {
      const socket = new WebSocket(`ws://127.0.0.1:${lane.port}/${index}`);
      await once(socket, 'open');
      const answer = once(socket, 'message');
      socket.send(`${index}:${payload}`);
      const [data] = (await answer) as [Buffer];
      const closed = once(socket, 'close');
      socket.close(1000);
      const [code] = (await closed) as [number];
      return [data.toString() === `${index}:${payload}`, code];
    };
    const results = await Promise.all(Array.from({ length: 100 }, (_, index) => echo(index)));
    expect(results.every(([isSame, code]) => isSame && code === 1000)).toBe(true);
    await lane.record(99);
    expect(lane.memory.inFlight(0)).toBe(0);
    expect(lane.totals).toMatchObject({ received: 100, forwarded: 100 });
  });

  it.each([
    ['counted', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-A: 1\r\nX-A: 2\r\n\r\nno', 'no'],
    [
      'with the names that every object has',
      'HTTP/1.1 403 Forbidden\r\nconstructor: 1\r\ntoString: 2\r\nContent-Length: 2\r\n\r\nno',
      'no',
    ],
    ['chunked', 'HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n', 'no'],
    ['empty', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n', ''],
  ])('no further than the backend wants: its answer is passed on (%s)', async (_name, answer, body) => {
    const origin = await Origin.answering(answer);
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    const response = await client.ask(HANDSHAKE);
    expect([response.status, response.body.toString(), valueOf(response, 'connection')]).toEqual([
      403,
      body,
      'close',
    ]);
    expect(response.head).not.toContain('native code');
    await client.stream.ended();
    expect(await lane.record()).toMatchObject({ status: 403, bytesOut: body.length, dropReason: null });
    client.close();
  });

  it('move on to the next backend when one breaks off, and are refused like any request when none is left', async () => {
    const broken = await Origin.start(async (connection) => {
      await connection.request();
      connection.reset();
    });
    const origin = await echoing();
    const lane = await startLane(kind, [broken, origin]);
    const client = await lane.connect();
    await client.send(HANDSHAKE);
    expect((await client.head()).status).toBe(101);
    client.close();
    expect((await lane.record()).attempts).toMatchObject([{ outcome: 'reset' }, { outcome: 'ok' }]);

    const dead = await startLane(kind, [await Origin.refusing()]);
    const refused = await dead.connect();
    const response = await refused.ask(HANDSHAKE);
    expect([response.status, problemIn(response)['reason']]).toEqual([502, 'connect_failed']);
    await refused.stream.ended();
    refused.close();

    const nobody = await startLane(kind, [origin], { service: { hosts: ['only.test'] } });
    expect((await nobody.ask(HANDSHAKE)).status).toBe(404);
  });

  it.each(['rubbish\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n'])(
    'not to something that is not HTTP: %j',
    async (bytes) => {
      const lane = await startLane(kind, [await Origin.answering(bytes)]);
      const response = await lane.ask(HANDSHAKE);
      expect([response.status, problemIn(response)['reason']]).toEqual([502, 'bad_response']);
    },
  );

  it('do not wait for ever: for the answer, or in silence', async () => {
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin], { timeouts: { responseMs: 120 } });
    const response = await lane.ask(HANDSHAKE);
    expect([response.status, problemIn(response)['reason']]).toEqual([504, 'response_timeout']);

    const echo = await echoing();
    const silent = await startLane(kind, [echo], { timeouts: { tunnelIdleMs: 150, requestMs: 100 } });
    const client = await silent.connect();
    await client.send(HANDSHAKE);
    expect((await client.head()).status).toBe(101);
    await client.stream.ended();
    await echo.idle();
    expect((await silent.record()).totalUs).toBeGreaterThan(140_000);
  });

  it('end for one side when the other goes, however it goes', async () => {
    for (const how of ['end', 'reset'] as const) {
      const agreed = Promise.withResolvers<void>();
      const origin = await Origin.start(async (connection) => {
        await connection.request();
        await connection.send(`${AGREED}last`);
        await agreed.promise;
        connection[how]();
      });
      const lane = await startLane(kind, [origin]);
      const client = await lane.connect();
      await client.send(HANDSHAKE);
      await client.stream.takeThrough('last');
      agreed.resolve();
      await client.stream.ended();
      client.close();
      expect((await lane.record()).attempts[0]!.outcome).toBe(how === 'end' ? 'ok' : 'truncated');
    }
    const origin = await echoing();
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send(HANDSHAKE);
    await client.head();
    client.reset();
    await origin.idle();
    expect((await lane.record()).status).toBe(101);
  });

  it('leave no connection behind at a backend that does not read', async () => {
    const before = openSockets();
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      connection.socket.pause();
      await connection.send(AGREED);
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin], { timeouts: { tunnelIdleMs: 1000 } });
    const client = await lane.connect();
    await client.send(HANDSHAKE);
    expect((await client.head()).status).toBe(101);
    void client.send(Buffer.alloc(20_000_000)).catch(() => undefined);
    await client.stream.closed;
    await lane.record();
    // What is left is the backend's own end.
    await Observation.until(() => openSockets() <= before + 1, 'all sockets but one are closed');
  });

  it('to nothing but WebSocket: other protocols are asked for without the upgrade', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    expect(
      (
        await lane.ask(
          'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n\r\n',
        )
      ).status,
    ).toBe(200);
    expect((await lane.ask(`${HANDSHAKE.replace('GET', 'POST')}`)).status).toBe(200);
    expect((await lane.ask(HANDSHAKE.replace('\r\n\r\n', '\r\nContent-Length: 3\r\n\r\nabc'))).status).toBe(
      200,
    );
    for (const request of origin.requests) expect(valuesOf(request, 'upgrade')).toEqual([]);
  });

  it('are drained: finished in time, cut at the deadline', async () => {
    const origin = await echoing();
    const lane = await startLane(kind, [origin]);
    const client = await lane.connect();
    await client.send(HANDSHAKE);
    expect((await client.head()).status).toBe(101);
    expect(await lane.drain(100)).toBe(1);
    await client.stream.ended();
    expect(await lane.record()).toMatchObject({
      status: 101,
      dropReason: 'shutting_down',
      attempts: [{ outcome: 'shutting_down' }],
    });
    client.close();
  });
});

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length;
}

function startOver(kind: LaneKind, port: number): Promise<LaneFixture> {
  return startLane(kind, [], { service: { backends: [backendSnapshot(0, { port })] } });
}
