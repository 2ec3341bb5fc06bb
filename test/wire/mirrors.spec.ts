import { describe, expect, it, onTestFinished } from 'vitest';
import { SHAPING_CELLS, ShapingCell } from '../../src/common/contract/index.js';
import type { MirrorSettings } from '../../src/common/contract/policies/index.js';
import {
  backendSnapshot,
  BalancerFixture,
  serviceSnapshot,
  snapshotOf,
} from '../support/balancer.fixture.js';
import { eventually } from '../support/eventually.js';
import { LaneFixture, LANES } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { requestsTo } from '../support/raw-client.js';
import { valueOf, valuesOf } from '../support/raw-message.js';
import { shapedBy } from '../support/shaping.js';

const MIRROR: MirrorSettings = { service: 'shadow', share: 1, maxInFlight: 20, maxBodyBytes: 1024 };

const request = requestsTo('Shop.test');

describe.each(LANES)('a mirror in lane %s', (kind) => {
  async function mirrored(shadow: Origin, settings: Partial<MirrorSettings> = {}) {
    const origin = await Origin.answering(OK);
    const { timeouts } = serviceSnapshot();
    const services = [
      serviceSnapshot({
        backends: [backendSnapshot(0, { port: origin.port })],
        policies: shapedBy({
          mirror: { ...MIRROR, ...settings },
          rewrite: { from: '/api', to: '' },
          maxBody: { maxBytes: 100_000, shadow: false },
        }),
      }),
      serviceSnapshot({
        name: 'shadow',
        slot: 1,
        hosts: ['shadow.test'],
        backends: [backendSnapshot(1, { port: shadow.port })],
        timeouts: { ...timeouts, connectMs: 50, responseMs: 50 },
      }),
    ];
    const memory = new BalancerFixture(services);
    const lane = new LaneFixture(memory, {});
    onTestFinished(async () => {
      await lane.stop();
      await Promise.all([origin, shadow].map((each) => each.stop()));
    });
    await lane.start(kind, snapshotOf(services));
    const counts = () => {
      const cells = memory.memory.shaping.subarray(0, SHAPING_CELLS);
      const {
        mirrored: answered,
        mirrorFailures: failed,
        mirrorBusy: busy,
        mirrorBodies: body,
      } = ShapingCell;
      return { answered: cells[answered], failed: cells[failed], busy: cells[busy], body: cells[body] };
    };
    return { lane, origin, shadow, memory, counts };
  }

  it('gets what the backend got, and nobody its answer', async () => {
    const { lane, origin, shadow, memory, counts } = await mirrored(
      await Origin.answering('HTTP/1.1 500 Broken\r\nContent-Length: 6\r\nX-Shadow: 1\r\n\r\nshadow'),
    );
    const response = await lane.ask(
      request('/api/a?b=c', ['X-Own: 1', 'X-Own: 2', 'Connection: x-hop', 'X-Hop: 1']),
    );
    expect([response.status, response.body.toString(), valueOf(response, 'x-shadow')]).toEqual([
      200,
      'ok',
      undefined,
    ]);
    await eventually(async () => expect(counts()).toEqual({ answered: 1, failed: 0, busy: 0, body: 0 }));
    const [copy, original] = [shadow.requests[0]!, origin.requests[0]!];
    expect(copy.line).toBe('GET /a?b=c HTTP/1.1');
    for (const name of ['host', 'via', 'x-request-id', 'x-forwarded-for', 'x-own']) {
      expect([name, ...valuesOf(copy, name)]).toEqual([name, ...valuesOf(original, name)]);
    }
    expect([valueOf(copy, 'x-hop'), valueOf(copy, 'x-velocity-mirror')]).toEqual([undefined, '1']);
    expect(valueOf(original, 'x-velocity-mirror')).toBeUndefined();
    expect(lane.records).toHaveLength(1);
    expect(memory.inFlight(1)).toBe(0);
  });

  it('that hangs delays nobody, gets no more than it may, and is given up', async () => {
    const hanging = await Origin.start(async (connection) => void (await connection.request()));
    const { lane, memory, counts } = await mirrored(hanging, { maxInFlight: 1 });
    const client = await lane.connect();
    for (let index = 0; index < 3; index++) expect((await client.ask(request('/'))).status).toBe(200);
    client.close();
    await eventually(async () => expect(counts().failed! + counts().busy!).toBe(3));
    expect(counts().failed).toBeGreaterThan(0);
    expect(hanging.requests.length).toBeLessThanOrEqual(counts().failed!);
    await eventually(async () => expect(memory.inFlight(1)).toBe(0));
  });

  it('that refuses, or has no backend, fails nobody', async () => {
    const { lane, memory, counts } = await mirrored(await Origin.refusing());
    expect((await lane.ask(request('/'))).status).toBe(200);
    await eventually(async () => expect(counts()).toMatchObject({ answered: 0, failed: 1 }));
    memory.states.setHealth(1, 1, 'unhealthy');
    expect((await lane.ask(request('/'))).status).toBe(200);
    await eventually(async () => expect(counts()).toMatchObject({ answered: 0, failed: 2 }));
    expect(memory.inFlight(1)).toBe(0);
  });

  it('gets no copy of a copy, nor of what no backend got', async () => {
    const { lane, shadow, counts } = await mirrored(await Origin.answering(OK));
    expect((await lane.ask(request('/', ['X-Velocity-Mirror: 1']))).status).toBe(200);
    expect((await lane.ask(request('/', ['Content-Length: 100001'], 'POST'))).status).toBe(413);
    expect((await lane.ask(request('/last'))).status).toBe(200);
    await eventually(async () => expect(counts().answered).toBe(1));
    expect(shadow.requests.map(({ line }) => line)).toEqual(['GET /last HTTP/1.1']);
  });

  it('gets bodies as they came, framed anew, and none that is longer than what is kept', async () => {
    const { lane, origin, shadow, counts } = await mirrored(await Origin.answering(OK));
    const client = await lane.connect();
    const chunks = '4\r\nbody\r\n6\r\n, more\r\n0\r\nX-Trailer: 1\r\n\r\n';
    for (const bytes of [
      `${request('/length', ['Content-Length: 4'], 'POST')}b\xffdy`,
      `${request('/chunks', ['Transfer-Encoding: chunked', 'Trailer: X-Trailer'], 'PUT')}${chunks}`,
      `${request('/long', ['Content-Length: 1025'], 'POST')}${'x'.repeat(1025)}`,
      `${request('/longer', ['Transfer-Encoding: chunked'], 'POST')}401\r\n${'x'.repeat(1025)}\r\n0\r\n\r\n`,
    ]) {
      expect((await client.ask(bytes)).status).toBe(200);
    }
    client.close();
    await eventually(async () => expect(counts()).toEqual({ answered: 2, failed: 0, busy: 0, body: 2 }));
    const bodies = (requests: typeof shadow.requests) =>
      requests.map(({ line, body }) => `${line.split(' ')[1]} ${body.toString('latin1')}`).sort();
    expect(bodies(shadow.requests)).toEqual(bodies(origin.requests.slice(0, 2)));
    expect(shadow.requests.map((copy) => valueOf(copy, 'content-length')).sort()).toEqual(['10', '4']);
  });

  it('gets no request whose body was not kept, which is counted', async () => {
    const { lane, shadow, counts } = await mirrored(await Origin.answering(OK), { maxBodyBytes: 0 });
    expect((await lane.ask(`${request('/', ['Content-Length: 4'], 'POST')}body`)).status).toBe(200);
    expect((await lane.ask(request('/empty', ['Content-Length: 0'], 'POST'))).status).toBe(200);
    await eventually(async () => expect(counts()).toMatchObject({ answered: 1, body: 1 }));
    expect(shadow.requests.map(({ line }) => line)).toEqual(['POST /empty HTTP/1.1']);
  });
});
