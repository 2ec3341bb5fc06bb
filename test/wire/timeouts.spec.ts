import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { OverrideSettings, ServiceTimeouts } from '../../src/common/contract/index.js';
import { NO_POLICIES } from '../../src/common/contract/policies/index.js';
import { serviceSnapshot } from '../support/balancer.fixture.js';
import { LANES, startLane } from '../support/lane.fixture.js';
import { hang, OK, Origin, type OriginScript } from '../support/origin.js';
import { problemIn } from '../support/raw-client.js';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const HANDSHAKE =
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const AGREED = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

/** Begins to answer, and stops in the middle of it. */
const stall: OriginScript = async (connection) => {
  await connection.request();
  await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello');
  await connection.stream.closed;
};

describe.each(LANES)('%s lane, once a response has begun', (kind) => {
  it.each([
    ['response_stalled', { responseIdleMs: 150 }, 'response_timeout'],
    ['request_timeout', { requestMs: 400 }, 'request_timeout'],
  ])('ends it for a backend that stops in the middle: %s', async (reason, timeouts, outcome) => {
    const origin = await Origin.start(stall);
    const lane = await startLane(kind, [origin, await Origin.answering(OK)], { timeouts });
    const client = await lane.connect();
    await client.send(GET);
    expect((await client.head()).status).toBe(200);
    await client.stream.ended();
    await origin.idle();
    // The status is what the client was told.
    expect(await lane.record()).toMatchObject({
      status: 200,
      dropReason: reason,
      bytesOut: 5,
      attempts: [{ outcome, status: 200 }],
    });
    expect(lane.totals).toMatchObject({ received: 1, forwarded: 0, droppedByReason: { [reason]: 1 } });
  });

  it('waits for its pieces as long as `responseIdle` says, not `response`', async () => {
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no');
      await once(goOn, 'abort');
      await connection.send('k');
    });
    const release = new AbortController();
    const goOn = release.signal;
    const lane = await startLane(kind, [origin], { timeouts: { responseMs: 100, responseIdleMs: 10_000 } });
    const client = await lane.connect();
    await client.send(GET);
    expect((await client.head()).status).toBe(200);
    await client.stream.takeThrough('o');
    // The time that `response` would have allowed passes, as its timer sees it, for another exchange.
    const other = await startLane(kind, [await Origin.start(hang)], { timeouts: { responseMs: 300 } });
    expect((await other.ask(GET)).status).toBe(504);
    release.abort();
    expect((await client.stream.takeBytes(1)).toString()).toBe('k');
    expect(await lane.record()).toMatchObject({ status: 200, dropReason: null });
    client.close();
  });

  it('ends it for a client that takes nothing: client_stalled, no fault of the backend', async () => {
    const size = 64 * 1024 * 1024;
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      connection.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
      connection.socket.write(Buffer.alloc(size));
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin], { timeouts: { bodyMs: 200 } });
    const socket = connect({ port: lane.port, host: '127.0.0.1' });
    socket.on('error', () => undefined).pause();
    socket.write(GET);
    const record = await lane.record();
    expect(record).toMatchObject({
      status: 200,
      dropReason: 'client_stalled',
      attempts: [{ outcome: 'client_closed' }],
    });
    expect(record.bytesOut).toBeLessThan(size);
    expect(lane.totals).toMatchObject({ forwarded: 0, droppedByReason: { client_stalled: 1 } });
    await origin.idle();
    socket.destroy();
  });
});

// `wire` alone hands upgrades over; the HTTP lane serves them everywhere.
describe.each(LANES)('%s lane and a tunnel', (kind) => {
  it('in which nothing moves is ended: tunnel_idle, with what went through it', async () => {
    const origin = await Origin.start(async (connection) => {
      await connection.request();
      await connection.send(`${AGREED}hello`);
      await connection.stream.closed;
    });
    const lane = await startLane(kind, [origin], { timeouts: { tunnelIdleMs: 200, requestMs: 100 } });
    const client = await lane.connect();
    await client.send(HANDSHAKE);
    expect((await client.head()).status).toBe(101);
    await client.stream.ended();
    await origin.idle();
    expect(await lane.record()).toMatchObject({
      status: 101,
      dropReason: 'tunnel_idle',
      bytesOut: 5,
      attempts: [{ outcome: 'ok' }],
    });
    expect(lane.totals).toMatchObject({ forwarded: 0, droppedByReason: { tunnel_idle: 1 } });
  });
});

describe.each(LANES)('%s lane and overrides', (kind) => {
  const base = serviceSnapshot();

  function override(own: Partial<OverrideSettings>, timeouts: Partial<ServiceTimeouts>): OverrideSettings {
    return {
      method: '',
      path: '/**',
      timeouts: { ...base.timeouts, ...timeouts },
      retries: base.retries,
      ...own,
    };
  }

  function overriding(...rules: OverrideSettings[]) {
    return { policies: { ...NO_POLICIES, overrides: { rules } } };
  }

  it('gives a path its own timeouts, however the path is spelled, and others what the service says', async () => {
    const service = overriding(
      override({ path: '/reports/**' }, { responseMs: 150 }),
      override({ method: 'POST', path: '/orders' }, { requestMs: 150 }),
    );
    const origin = await Origin.start(async (connection) => {
      for (;;) {
        const { line } = await connection.request();
        if (!line.includes('fine')) return void (await connection.stream.closed);
        await connection.send(OK);
      }
    });
    const lane = await startLane(kind, [origin], { timeouts: { responseMs: 400 }, service });
    const reasonOf = async (line: string) =>
      problemIn(await lane.ask(`${line} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`))['reason'];
    expect(await reasonOf('GET //reports/%61')).toBe('response_timeout');
    expect(await reasonOf('POST /orders')).toBe('request_timeout');
    expect(await reasonOf('PUT /orders')).toBe('response_timeout');
    const [first, , third] = lane.records;
    expect(first!.totalUs).toBeLessThan(third!.totalUs);
    expect((await lane.ask('GET /reports/fine HTTP/1.1\r\nHost: a\r\n\r\n')).status).toBe(200);
  });

  it('gives a path its own retries', async () => {
    const once = override({ method: 'GET', path: '/once', retries: { ...base.retries, attempts: 0 } }, {});
    const dead = [await Origin.refusing(), await Origin.refusing()];
    const lane = await startLane(kind, dead, { retries: 1, service: overriding(once) });
    await lane.ask('GET /once HTTP/1.1\r\nHost: a\r\n\r\n');
    await lane.ask(GET);
    expect((await lane.record(0)).attempts).toHaveLength(1);
    expect((await lane.record(1)).attempts).toHaveLength(2);
  });
});
