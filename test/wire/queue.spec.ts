import { describe, expect, it, onTestFinished } from 'vitest';
import { NO_POLICIES, NO_QUEUE, type QueuePolicy } from '../../src/common/contract/policies/index.js';
import { ServiceCell } from '../../src/common/contract/index.js';
import { backendSnapshot, serviceSnapshot, snapshotOf } from '../support/balancer.fixture.js';
import { type LaneFixture, type LaneKind, LANES, startLane } from '../support/lane.fixture.js';
import { Observation } from '../support/observation.js';
import { OK, Origin, resetAfterRequest } from '../support/origin.js';
import { PatientOrigin } from '../support/patient.origin.js';
import { problemIn, requestsTo } from '../support/raw-client.js';
import { valueOf } from '../support/raw-message.js';

const FREE: QueuePolicy = { ...NO_QUEUE, size: 10, timeoutMs: 60_000 };

const get = (target: string, ...fields: readonly string[]) => requestsTo('a')(target, fields);

function cell(lane: LaneFixture, which: 'permits' | 'waiting'): number {
  return Atomics.load(lane.memory.memory.services, ServiceCell[which]);
}

function waiting(lane: LaneFixture, count: number): Promise<void> {
  return Observation.until(() => cell(lane, 'waiting') === count, `${count} wait`);
}

const HANDSHAKE = get(
  '/chat',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
);
const AGREED = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

interface Settings extends Partial<QueuePolicy> {
  readonly perBackend?: number;
  readonly requestMs?: number;
}

function queued(kind: LaneKind, origins: readonly Origin[], options: Settings) {
  const { perBackend = 0, requestMs = 0, ...settings } = options;
  const queue = { ...FREE, ...settings, limitsBackends: perBackend > 0 };
  const backends = origins.map(({ port }, slot) => backendSnapshot(slot, { port, maxInFlight: perBackend }));
  const service = { policies: { ...NO_POLICIES, queue }, backends };
  return startLane(kind, origins, { service, timeouts: { requestMs } });
}

/** Sends requests one after the other, each on a connection of its own, until each waits. */
async function line(lane: LaneFixture, requests: readonly string[]) {
  const clients = [];
  const before = cell(lane, 'waiting');
  for (const [index, bytes] of requests.entries()) {
    const client = await lane.connect();
    await client.send(bytes);
    await waiting(lane, before + index + 1);
    clients.push(client);
  }
  return clients;
}

describe.each(LANES)('a queue in lane %s', (kind) => {
  it('refuses with 503 what is beyond the limit when nobody may wait', async () => {
    const patient = await PatientOrigin.start();
    const lane = await queued(kind, [patient.origin], { maxInFlight: 1, size: 0 });
    const first = await lane.connect();
    await first.send(get('/first'));
    await Observation.until(() => patient.asked.length === 1, 'the first one runs');
    const refused = await lane.ask(get('/second'));
    expect([refused.status, problemIn(refused)['reason']]).toEqual([503, 'queue_full']);
    expect(valueOf(refused, 'retry-after')).toBe('5');
    await patient.answer();
    expect((await first.response()).status).toBe(200);
    first.close();
    expect(await lane.record(0)).toMatchObject({ dropReason: 'queue_full', backend: null, attempts: [] });
    expect(patient.asked).toEqual(['/first']);
  });

  it('lets the others wait, first in, first out, and says how long', async () => {
    const patient = await PatientOrigin.start();
    const lane = await queued(kind, [patient.origin], { maxInFlight: 1 });
    const first = await lane.connect();
    await first.send(get('/first'));
    await Observation.until(() => patient.asked.length === 1, 'the first one runs');
    const others = await line(lane, [get('/a'), get('/b'), get('/c')]);
    expect(cell(lane, 'permits')).toBe(1);
    for (const client of [first, ...others]) {
      await patient.answer();
      expect((await client.response()).status).toBe(200);
      client.close();
    }
    expect(patient.asked).toEqual(['/first', '/a', '/b', '/c']);
    expect(patient.most).toBe(1);
    const [immediate, queuedOne] = [await lane.record(0), await lane.record(1)];
    expect(immediate.queueUs).toBe(0);
    expect(queuedOne.queueUs).toBeGreaterThan(0);
    expect(queuedOne.queueUs).toBeLessThanOrEqual(queuedOne.firstByteUs);
    expect(queuedOne.attempts[0]!.totalUs).toBeLessThanOrEqual(queuedOne.totalUs - queuedOne.queueUs + 1_000);
  });

  it('takes no more than its places, over whoever waits', async () => {
    const patient = await PatientOrigin.start();
    const lane = await queued(kind, [patient.origin], { maxInFlight: 1, size: 1 });
    const first = await lane.connect();
    await first.send(get('/first'));
    await Observation.until(() => patient.asked.length === 1, 'the first one runs');
    const [second] = await line(lane, [get('/second')]);
    const refused = await lane.ask(get('/third'));
    expect(problemIn(refused)['reason']).toBe('queue_full');
    await patient.answer();
    await patient.answer();
    expect([(await first.response()).status, (await second!.response()).status]).toEqual([200, 200]);
    first.close();
    second!.close();
  });

  it.each([
    ['without a body', get('/gone')],
    ['with a body that waits, too', 'POST /gone HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe'],
  ])('gives the place of a client that leaves to others at once: %s', async (_name, bytes) => {
    const patient = await PatientOrigin.start();
    const lane = await queued(kind, [patient.origin], { maxInFlight: 1, size: 1 });
    const first = await lane.connect();
    await first.send(get('/first'));
    await Observation.until(() => patient.asked.length === 1, 'the first one runs');
    const [gone] = await line(lane, [bytes]);
    gone!.reset();
    await waiting(lane, 0);
    const [second] = await line(lane, [get('/second')]);
    await patient.answer();
    await patient.answer();
    expect((await first.response()).status).toBe(200);
    expect((await second!.response()).status).toBe(200);
    first.close();
    second!.close();
    expect(patient.asked).toEqual(['/first', '/second']);
    expect(await lane.record(0)).toMatchObject({ dropReason: 'client_closed', status: 499, backend: null });
  });

  it('sends a body that came while its request waited', async () => {
    const patient = await PatientOrigin.start();
    const lane = await queued(kind, [patient.origin], { maxInFlight: 1 });
    const first = await lane.connect();
    await first.send(get('/first'));
    await Observation.until(() => patient.asked.length === 1, 'the first one runs');
    const body = 'x'.repeat(300_000);
    const client = await lane.connect();
    const sent = client.send(`POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await waiting(lane, 1);
    await patient.answer();
    await patient.answer();
    await sent;
    expect((await client.response()).status).toBe(200);
    expect(patient.origin.requests[1]!.body.toString()).toBe(body);
    first.close();
    client.close();
  });

  it('drops who has waited too long, and goes on on the same connection', async () => {
    const patient = await PatientOrigin.start();
    const lane = await queued(kind, [patient.origin], { maxInFlight: 1, timeoutMs: 60 });
    const first = await lane.connect();
    await first.send(get('/first'));
    await Observation.until(() => patient.asked.length === 1, 'the first one runs');
    const client = await lane.connect();
    const late = await client.ask(get('/late'));
    expect([late.status, problemIn(late)['reason']]).toEqual([503, 'queue_timeout']);
    await patient.answer();
    expect((await first.response()).status).toBe(200);
    await client.send(get('/again'));
    await patient.answer();
    expect((await client.response()).status).toBe(200);
    first.close();
    client.close();
    expect((await lane.record(0)).queueUs).toBeGreaterThanOrEqual(60_000 - 1_000);
  });

  it('answers who waited too long with a body, or with a request behind it, and reads on', async () => {
    const patient = await PatientOrigin.start();
    const lane = await queued(kind, [patient.origin], { maxInFlight: 1, timeoutMs: 60 });
    const first = await lane.connect();
    await first.send(get('/first'));
    await Observation.until(() => patient.asked.length === 1, 'the first one runs');
    const post = 'POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello';
    const [uploading, pipelining] = [await lane.connect(), await lane.connect()];
    expect((await uploading.ask(post)).status).toBe(503);
    await pipelining.send(get('/late') + get('/later'));
    for (const index of [1, 2]) {
      expect([index, (await pipelining.response()).status]).toEqual([index, 503]);
    }
    await patient.answer();
    expect((await first.response()).status).toBe(200);
    await uploading.send(get('/again'));
    await patient.answer();
    expect((await uploading.response()).status).toBe(200);
    for (const client of [first, uploading, pipelining]) client.close();
    expect(patient.asked).toEqual(['/first', '/again']);
  });

  it('ends a wait that the whole exchange has no time for', async () => {
    const patient = await PatientOrigin.start();
    const lane = await queued(kind, [patient.origin], { maxInFlight: 1, requestMs: 200 });
    const first = await lane.connect();
    await first.send(get('/first'));
    await Observation.until(() => patient.asked.length === 1, 'the first one runs');
    const [late] = await line(lane, [get('/late')]);
    expect(problemIn(await first.response())['reason']).toBe('request_timeout');
    const answer = await late!.response();
    expect([answer.status, problemIn(answer)['reason']]).toEqual([504, 'request_timeout']);
    first.close();
    late!.close();
  });

  it('serves who waits when the listener drains, and cuts who still waits at its deadline', async () => {
    const patient = await PatientOrigin.start();
    const lane = await queued(kind, [patient.origin], { maxInFlight: 1 });
    const first = await lane.connect();
    await first.send(get('/first'));
    await Observation.until(() => patient.asked.length === 1, 'the first one runs');
    const [second, third] = await line(lane, [get('/second'), get('/third')]);
    const drained = lane.drain(1_000);
    await patient.answer();
    expect((await first.response()).status).toBe(200);
    await patient.answer();
    expect((await second!.response()).status).toBe(200);
    await drained;
    expect(await lane.record(2)).toMatchObject({ path: '/third', dropReason: 'shutting_down' });
    for (const client of [first, second!, third!]) client.close();
    expect([cell(lane, 'permits'), cell(lane, 'waiting')]).toEqual([0, 0]);
  });

  it('counts a tunnel for as long as it is open, and lets others wait for it', async () => {
    const agreeing = await Origin.start(async (connection) => {
      const { line: first } = await connection.request();
      if (first.includes('/chat')) await connection.send(AGREED);
      else await connection.send(OK);
      await connection.stream.closed;
    });
    const lane = await queued(kind, [agreeing], { maxInFlight: 1 });
    const tunnel = await lane.connect();
    await tunnel.send(HANDSHAKE);
    expect((await tunnel.head()).status).toBe(101);
    const [next, other] = await line(lane, [HANDSHAKE, get('/')]);
    tunnel.close();
    expect((await next!.head()).status).toBe(101);
    next!.close();
    expect((await other!.response()).status).toBe(200);
    other!.close();
  });

  it('lets higher classes wait in front', async () => {
    const patient = await PatientOrigin.start();
    const rule = { header: '', value: '', method: '', path: '' };
    const priority = [
      { ...rule, path: '/checkout/**', class: 'high' },
      { ...rule, header: 'x-tier', value: 'free', class: 'low' },
    ] as const;
    const lane = await queued(kind, [patient.origin], { maxInFlight: 1, priority });
    const first = await lane.connect();
    await first.send(get('/first'));
    await Observation.until(() => patient.asked.length === 1, 'the first one runs');
    const requests = [
      get('/low', 'X-Tier: free'),
      get('/normal', 'X-Tier: gold'),
      get('/x/../checkout/a', 'X-Tier: free'),
    ];
    const others = await line(lane, requests);
    for (const client of [first, others[2]!, others[1]!, others[0]!]) {
      await patient.answer();
      expect((await client.response()).status).toBe(200);
      client.close();
    }
    expect(patient.asked).toEqual(['/first', '/x/../checkout/a', '/normal', '/low']);
  });

  it('passes over full backends, and waits when all are', async () => {
    const [left, right] = [await PatientOrigin.start(), await PatientOrigin.start()];
    const lane = await queued(kind, [left.origin, right.origin], { perBackend: 1 });
    const running = [await lane.connect(), await lane.connect()];
    await running[0]!.send(get('/1'));
    await Observation.until(() => left.asked.length === 1, 'the first one runs');
    await running[1]!.send(get('/2'));
    await Observation.until(() => right.asked.length === 1, 'the second one runs');
    const [third] = await line(lane, [get('/3')]);
    await right.answer();
    expect((await running[1]!.response()).status).toBe(200);
    await right.answer();
    expect((await third!.response()).status).toBe(200);
    await left.answer();
    expect((await running[0]!.response()).status).toBe(200);
    for (const client of [...running, third!]) client.close();
    expect([left.asked, right.asked]).toEqual([['/1'], ['/2', '/3']]);
    expect([left.most, right.most]).toEqual([1, 1]);
  });

  it('in shadow lets all pass and records what would have been refused', async () => {
    const patient = await PatientOrigin.start();
    const lane = await queued(kind, [patient.origin], { maxInFlight: 1, size: 1, shadow: true });
    const clients = [await lane.connect(), await lane.connect(), await lane.connect()];
    for (const [index, client] of clients.entries()) {
      await client.send(get(`/${index}`));
      await Observation.until(() => patient.asked.length === index + 1, 'it runs');
    }
    for (const client of clients) {
      await patient.answer();
      expect((await client.response()).status).toBe(200);
      client.close();
    }
    const reasons = [0, 1, 2].map(async (index) => (await lane.record(index)).shadowReason);
    expect(await Promise.all(reasons)).toEqual([null, null, 'queue_full']);
  });
});

describe.each(LANES)('holding in lane %s', (kind) => {
  it('waits for the only backend to listen again', async () => {
    const away = await Origin.refusing();
    const lane = await queued(kind, [away], { holdMs: 30_000 });
    const client = await lane.connect();
    await client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi');
    await waiting(lane, 1);
    const back = await Origin.answering(OK, away.port);
    expect((await client.response()).status).toBe(200);
    client.close();
    const record = await lane.record();
    expect(record.attempts.at(-1)!.outcome).toBe('ok');
    expect(record.attempts.length).toBeGreaterThan(1);
    expect(record.queueUs).toBeGreaterThan(0);
    expect(back.requests[0]!.body.toString()).toBe('hi');
    await back.stop();
  });

  it('waits for the verdict of the probes', async () => {
    const origin = await Origin.answering(OK);
    const lane = await queued(kind, [origin], { holdMs: 30_000 });
    lane.memory.states.setHealth(0, 0, 'unhealthy');
    const client = await lane.connect();
    await client.send(get('/'));
    await waiting(lane, 1);
    lane.memory.states.setHealth(0, 0, 'healthy');
    expect((await client.response()).status).toBe(200);
    client.close();
    expect((await lane.record()).attempts).toHaveLength(1);
  });

  it('goes to a backend that comes with another configuration', async () => {
    const lane = await queued(kind, [await Origin.refusing()], { holdMs: 30_000 });
    const client = await lane.connect();
    await client.send(get('/'));
    await waiting(lane, 1);
    const origin = await Origin.answering(OK);
    onTestFinished(() => origin.stop());
    const queue = { ...FREE, holdMs: 30_000 };
    const backends = [backendSnapshot(1, { port: origin.port })];
    const service = serviceSnapshot({ policies: { ...NO_POLICIES, queue }, backends });
    lane.pipeline!.use(snapshotOf([service], { generation: 2 }));
    lane.memory.enter(1, 0);
    expect((await client.response()).status).toBe(200);
    client.close();
    expect(await lane.record()).toMatchObject({ backend: 'backend-1', dropReason: null });
  });

  it('gives up when the time is over, for the reason that it had', async () => {
    const lane = await queued(kind, [await Origin.refusing()], { holdMs: 120 });
    const refused = await lane.ask(get('/'));
    expect([refused.status, problemIn(refused)['reason']]).toEqual([502, 'connect_failed']);
    lane.memory.states.setHealth(0, 0, 'unhealthy');
    expect(problemIn(await lane.ask(get('/')))['reason']).toBe('no_backend');
  });

  it('holds nothing that was sent to a backend and may not be repeated', async () => {
    const origin = await Origin.start(resetAfterRequest);
    const lane = await queued(kind, [origin], { holdMs: 30_000 });
    const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi';
    expect(problemIn(await lane.ask(post))['reason']).toBe('bad_response');
    expect(origin.requests).toHaveLength(1);
  });
});
