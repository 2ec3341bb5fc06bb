import { describe, expect, it } from 'vitest';
import { RetryCounter } from '../../src/common/contract/index.js';
import { type LaneFixture, LANES, startLane } from '../support/lane.fixture.js';
import { Observation } from '../support/observation.js';
import { hang, OK, Origin } from '../support/origin.js';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const HEDGE = { attempts: 2, hedgeAfterMs: 40, hedgeAttempts: 1 };

/** Answers when it is told to. */
async function heldOrigin(bytes = OK) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const origin = await Origin.start(async (connection) => {
    for (;;) {
      await connection.request();
      await promise;
      await connection.send(bytes);
    }
  });
  return { origin, release: resolve };
}

const attemptsOf = async (lane: LaneFixture, index = 0) =>
  (await lane.record(index)).attempts.map(({ backend, outcome }) => `${backend} ${outcome}`);

const counted = (lane: LaneFixture, counter: number) => lane.memory.memory.workers[0]!.retries[counter]!;

describe.each(LANES)('%s lane and a second attempt beside a slow one', (kind) => {
  it('takes the second when that is answered first, and lets the first go', async () => {
    const slow = await Origin.start(hang);
    const lane = await startLane(kind, [slow, await Origin.answering(OK)], { retries: HEDGE });
    const client = await lane.connect();
    for (let index = 0; index < 3; index++) {
      lane.memory.setCursor(0, 0);
      expect((await client.ask(GET)).status).toBe(200);
      expect(await attemptsOf(lane, index)).toEqual(['backend-0 hedged', 'backend-1 ok']);
    }
    await slow.idle();
    expect((await lane.record()).backend).toBe('backend-1');
    expect([counted(lane, RetryCounter.hedges), counted(lane, RetryCounter.hedgesWon)]).toEqual([3, 3]);
    expect(counted(lane, RetryCounter.retries)).toBe(0);
    client.close();
  });

  it('keeps the first when that is answered first after all; both are in flight until then', async () => {
    const first = await heldOrigin();
    const second = await Origin.start(hang);
    const lane = await startLane(kind, [first.origin, second], { retries: HEDGE });
    const client = await lane.connect();
    await client.send(GET);
    await Observation.until(() => second.requests.length === 1, 'the second backend is asked');
    expect([lane.memory.inFlight(0), lane.memory.inFlight(1)]).toEqual([1, 1]);
    first.release();
    expect((await client.response()).status).toBe(200);
    await second.idle();
    expect(await attemptsOf(lane)).toEqual(['backend-1 hedged', 'backend-0 ok']);
    const record = await lane.record();
    expect([record.backend, record.attempts[0]!.status, record.attempts[1]!.status]).toEqual([
      'backend-0',
      0,
      200,
    ]);
    expect(counted(lane, RetryCounter.hedgesWon)).toBe(0);
    client.close();
  });

  it('goes on with the second when the first fails, without a further try', async () => {
    const held = await heldOrigin();
    const failure = Promise.withResolvers<void>();
    const broken = await Origin.start(async (connection) => {
      await connection.request();
      await failure.promise;
      connection.reset();
    });
    const lane = await startLane(kind, [broken, held.origin], { retries: HEDGE });
    const client = await lane.connect();
    await client.send(GET);
    await Observation.until(() => held.origin.requests.length === 1, 'the second backend is asked');
    failure.resolve();
    await broken.idle();
    held.release();
    expect((await client.response()).status).toBe(200);
    expect(await attemptsOf(lane)).toEqual(['backend-0 reset', 'backend-1 ok']);
    expect(counted(lane, RetryCounter.retries)).toBe(0);
    client.close();
  });

  it('goes on with the first when the second fails', async () => {
    const held = await heldOrigin();
    const lane = await startLane(kind, [held.origin, await Origin.refusing()], { retries: HEDGE });
    const client = await lane.connect();
    await client.send(GET);
    await Observation.until(() => counted(lane, RetryCounter.hedges) === 1, 'a second attempt was made');
    await Observation.until(() => lane.memory.inFlight(1) === 0, 'it has failed');
    held.release();
    expect((await client.response()).status).toBe(200);
    expect(await attemptsOf(lane)).toEqual(['backend-1 connect_failed', 'backend-0 ok']);
    client.close();
  });

  it('goes on with the second when the first is answered with a status to be tried elsewhere', async () => {
    const first = await heldOrigin('HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n');
    const second = await heldOrigin();
    const lane = await startLane(kind, [first.origin, second.origin], {
      retries: { ...HEDGE, statuses: [503] },
    });
    const client = await lane.connect();
    await client.send(GET);
    await Observation.until(() => second.origin.requests.length === 1, 'the second backend is asked');
    first.release();
    await first.origin.idle();
    second.release();
    expect((await client.response()).status).toBe(200);
    expect(await attemptsOf(lane)).toEqual(['backend-0 bad_status', 'backend-1 ok']);
    client.close();
  });

  it('asks one after the other as often as it may, and fails when all have', async () => {
    const origins = await Promise.all([Origin.start(hang), Origin.start(hang), Origin.start(hang)]);
    const lane = await startLane(kind, origins, {
      retries: { ...HEDGE, attempts: 0, hedgeAttempts: 3 },
      timeouts: { responseMs: 150 },
    });
    expect((await lane.ask(GET)).status).toBe(504);
    expect(await attemptsOf(lane)).toEqual([
      'backend-0 response_timeout',
      'backend-1 response_timeout',
      'backend-2 response_timeout',
    ]);
    await Promise.all(origins.map((origin) => origin.idle()));
  });

  it('lets both go when the client leaves', async () => {
    const origins = [await Origin.start(hang), await Origin.start(hang)];
    const lane = await startLane(kind, origins, { retries: HEDGE });
    const client = await lane.connect();
    await client.send(GET);
    await Observation.until(() => origins[1]!.requests.length === 1, 'the second backend is asked');
    client.close();
    await Promise.all(origins.map((origin) => origin.idle()));
    expect(await attemptsOf(lane)).toEqual(['backend-0 client_closed', 'backend-1 hedged']);
    expect([lane.memory.inFlight(0), lane.memory.inFlight(1)]).toEqual([0, 0]);
  });

  it.each([
    ['a POST', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', HEDGE, 2],
    ['a body', 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi', HEDGE, 2],
    ['a used-up budget', GET, { ...HEDGE, budgetPercent: 0, budgetMinPerSecond: 0 }, 2],
    ['a single backend', GET, HEDGE, 1],
  ])('is none for %s', async (_name, bytes, retries, count) => {
    const held = await heldOrigin();
    const other = await Origin.answering(OK);
    const lane = await startLane(kind, [held.origin, other].slice(0, count), { retries });
    const client = await lane.connect();
    await client.send(bytes);
    await Observation.until(() => held.origin.requests.length === 1, 'the request is there');
    for await (const _ of Observation.every(HEDGE.hedgeAfterMs, 3)) expect(other.accepted).toBe(0);
    held.release();
    expect((await client.response()).status).toBe(200);
    expect(await attemptsOf(lane)).toEqual(['backend-0 ok']);
    client.close();
    await other.stop();
  });

  it('does not tell a client the cookie of a backend that did not answer', async () => {
    const first = await heldOrigin();
    const second = await Origin.start(hang);
    const algorithm = { name: 'sticky-round-robin', header: '', cookie: 'lb', boundedLoad: 0 } as const;
    const lane = await startLane(kind, [first.origin, second], { retries: HEDGE, service: { algorithm } });
    const client = await lane.connect();
    await client.send(GET);
    await Observation.until(() => second.requests.length === 1, 'the second backend is asked');
    first.release();
    const response = await client.response();
    const cookie = /lb=[^;]*/.exec(response.head)![0];
    const again = await lane.ask(`GET / HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\n\r\n`);
    expect([again.status, (await lane.record(1)).affinity, (await lane.record(1)).backend]).toEqual([
      200,
      'hit',
      'backend-0',
    ]);
    client.close();
  });
});
