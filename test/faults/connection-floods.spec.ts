import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { configOf, Stage } from '../support/balanced.js';
import type { BalancerProcess } from '../support/balancer-process.js';
import { LANES, startLane } from '../support/lane.fixture.js';
import { request } from '../support/load.js';
import { MemoryGauge } from '../support/memory-gauge.js';
import { OK, Origin } from '../support/origin.js';
import type { RawClient } from '../support/raw-client.js';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
/** On a machine that does other things too. */
const SOON = { timeout: 20_000 };
const FLAT_MIB = 8;
/** Both ends of a connection, the test's own included, with a half head. */
const CONNECTION_KIB = 48;

describe.each(LANES)('%s lane and a flood of connections', (kind) => {
  it('keeps a thousand that have said half of a head, serves each, and forgets them', async () => {
    const count = 1_000;
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { listener: { headTimeoutMs: 30_000 } });
    await lane.ask(GET);
    const gauge = await MemoryGauge.start();
    let clients: RawClient[] = await Promise.all(Array.from({ length: count }, () => lane.connect()));
    await Promise.all(clients.map((client) => client.send(GET.slice(0, 20))));
    expect((await lane.ask(GET)).status).toBe(200);
    expect(((await gauge.grownMiB()) * 1_024) / count).toBeLessThan(CONNECTION_KIB);
    for (const client of clients) {
      expect((await client.ask(GET.slice(20))).status).toBe(200);
      client.close();
    }
    await lane.record(count + 1);
    clients = [];
    expect(await gauge.grownMiB()).toBeLessThan(FLAT_MIB);
  });

  it('lets go of thousands that come and leave without a word', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    await lane.ask(GET);
    const gauge = await MemoryGauge.start();
    for (let round = 0; round < 20; round++) {
      const clients = await Promise.all(Array.from({ length: 100 }, () => lane.connect()));
      for (const [index, client] of clients.entries()) client[index % 2 === 0 ? 'reset' : 'close']();
      await Promise.all(clients.map((client) => client.stream.closed));
    }
    expect((await lane.ask(GET)).status).toBe(200);
    expect(await gauge.grownMiB()).toBeLessThan(FLAT_MIB);
    expect(lane.totals.received).toBe(2);
  });
});

/** Connections at the same time, each with a request; whatever becomes of them. */
class ConnectionFlood {
  private readonly sockets: Socket[] = [];
  answered = 0;
  closed = 0;

  constructor(port: number, count: number) {
    for (let index = 0; index < count; index++) this.open(port);
  }

  get settled(): number {
    return this.answered + this.closed;
  }

  async end(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await expect.poll(() => this.sockets.every((socket) => socket.closed), SOON).toBe(true);
  }

  private open(port: number): void {
    const socket = connect(port, '127.0.0.1');
    let isAnswered = false;
    socket.on('error', () => undefined);
    socket.once('data', () => {
      isAnswered = true;
      this.answered++;
    });
    socket.once('close', () => {
      if (!isAnswered) this.closed++;
    });
    socket.write(GET);
    this.sockets.push(socket);
  }
}

/** The status that a newcomer gets; 0: none. */
async function statusNow(balancer: BalancerProcess): Promise<number> {
  return (await request({ port: balancer.trafficPort, host: 'a' })).status;
}

describe('a flood of connections beyond what the system lets the process open', () => {
  const stage = new Stage();

  it.each(['auto', 'http'])('does not end it, and it serves again afterwards (lane: %s)', async (lane) => {
    const backend = await stage.backend();
    const config = configOf([{ name: 'shop', health: { type: 'none' }, backends: [backend.url] }], {
      listeners: [{ host: '127.0.0.1', port: 0, lane }],
      workers: 1,
    });
    const balancer = await stage.balancer(config, { fileLimit: 128 });
    expect(await statusNow(balancer)).toBe(200);
    for (let round = 0; round < 2; round++) {
      const flood = new ConnectionFlood(balancer.trafficPort, 400);
      await expect.poll(() => flood.answered, SOON).toBeGreaterThan(0);
      // There are files for fewer than 128 of them: the others are closed, or wait.
      await expect.poll(() => flood.settled, SOON).toBeGreaterThan(100);
      expect(flood.answered).toBeLessThan(400);
      await flood.end();
      await expect.poll(() => statusNow(balancer), SOON).toBe(200);
    }
    expect(balancer.child.exitCode).toBeNull();
    const { body } = await balancer.api<{ workers: { restarts: number; state: string }[] }>(
      'GET',
      '/api/v1/status',
    );
    expect(body.workers).toMatchObject([{ restarts: 0, state: 'listening' }]);
    expect(await balancer.stop()).toBe(0);
  });
});
