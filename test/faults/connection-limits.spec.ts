import { describe, expect, it } from 'vitest';
import { ConnectionCell } from '../../src/common/contract/index.js';
import { LANES, type LaneFixture, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import type { RawClient } from '../support/raw-client.js';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** On a machine that does other things too. */
const SOON = { timeout: 20_000 };

/** What the worker counted. */
function counted(lane: LaneFixture, cell: keyof typeof ConnectionCell): number {
  return lane.memory.memory.workers[0]!.connections[ConnectionCell[cell]]!;
}

/** One more client, once the lane has seen it. */
async function arrive(lane: LaneFixture): Promise<RawClient> {
  const before = counted(lane, 'accepted');
  const client = await lane.connect();
  await expect.poll(() => counted(lane, 'accepted'), SOON).toBe(before + 1);
  return client;
}

describe.each(LANES)('%s lane and the limits on connections', (kind) => {
  it('serves as many as it may, and each that waits when another leaves, in their order', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { listener: { maxConnections: 2 } });
    const clients: RawClient[] = [];
    for (let index = 0; index < 5; index++) clients.push(await arrive(lane));
    const [first, second, third, fourth, fifth] = clients as [
      RawClient,
      RawClient,
      RawClient,
      RawClient,
      RawClient,
    ];
    await Promise.all(clients.map((client) => client.send(GET)));
    for (const client of [first, second]) expect((await client.response()).status).toBe(200);
    expect([counted(lane, 'open'), counted(lane, 'waiting')]).toEqual([2, 3]);
    await lane.record(1);
    expect(origin.requests).toHaveLength(2);

    second.close();
    expect((await third.response()).status).toBe(200);
    expect(fourth.stream.text).toBe('');
    first.reset();
    expect((await fourth.response()).status).toBe(200);
    expect([fifth.stream.text, counted(lane, 'open'), counted(lane, 'waiting')]).toEqual(['', 2, 1]);
    // A served one stays served.
    expect((await third.ask(GET)).status).toBe(200);
    third.close();
    expect((await fifth.response()).status).toBe(200);
    for (const client of [fourth, fifth]) client.close();
    await expect.poll(() => [counted(lane, 'open'), counted(lane, 'waiting')], SOON).toEqual([0, 0]);
    expect(lane.totals.forwarded).toBe(6);
  });

  it('does not count the head of a client that waits against its time', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], {
      listener: { maxConnections: 1, headTimeoutMs: 500 },
    });
    const served = await arrive(lane);
    await served.ask(GET);
    const waiting = await arrive(lane);
    await waiting.send(GET);
    // As long as the head's time, with the connection in use.
    for (const begun = performance.now(); performance.now() - begun < 1_200;) {
      expect((await served.ask(GET)).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    served.close();
    expect((await waiting.response()).status).toBe(200);
    waiting.close();
  });

  it('closes one more connection of an address than it may have, at once', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { listener: { maxConnectionsPerAddress: 2 } });
    const clients = [await arrive(lane), await arrive(lane)];
    const refused = await lane.connect();
    await refused.stream.closed;
    expect(refused.stream.text).toBe('');
    for (const client of clients) expect((await client.ask(GET)).status).toBe(200);
    expect([counted(lane, 'addressRefusals'), counted(lane, 'open')]).toEqual([1, 2]);
    clients[0]!.close();
    await expect.poll(() => counted(lane, 'open'), SOON).toBe(1);
    const again = await arrive(lane);
    expect((await again.ask(GET)).status).toBe(200);
    again.close();
    clients[1]!.close();
    await lane.record(2);
    expect(lane.totals.received).toBe(3);
  });

  it('closes what is beyond its waiting room, and serves all others in the end', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { listener: { maxConnections: 1 } });
    const served = await arrive(lane);
    const clients = await Promise.all(Array.from({ length: 520 }, () => lane.connect()));
    await expect.poll(() => counted(lane, 'accepted'), SOON).toBe(521);
    expect([counted(lane, 'waiting'), counted(lane, 'roomRefusals')]).toEqual([511, 9]);
    await expect.poll(() => clients.filter((client) => client.stream.isEnded).length, SOON).toBe(9);
    const waiting = clients.filter((client) => !client.stream.isEnded);
    await Promise.all(
      waiting.map((client) => client.send(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))),
    );
    served.close();
    const statuses = await Promise.all(waiting.map(async (client) => (await client.response()).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(statuses).toHaveLength(511);
    for (const client of clients) client.close();
    await expect.poll(() => [counted(lane, 'open'), counted(lane, 'waiting')], SOON).toEqual([0, 0]);
  });

  it('keeps nobody waiting who would have to be served by a listener that is drained', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { listener: { maxConnections: 1 } });
    const served = await arrive(lane);
    expect((await served.ask(GET)).status).toBe(200);
    const waiting = await arrive(lane);
    const drained = lane.drain(10_000);
    await Promise.all([served.stream.ended(), waiting.stream.ended()]);
    served.close();
    waiting.close();
    expect(await drained).toBe(0);
    expect([counted(lane, 'open'), counted(lane, 'waiting')]).toEqual([0, 0]);
  });
});
