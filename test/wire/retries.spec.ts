import { describe, expect, it, onTestFinished } from 'vitest';
import { RetryCounter } from '../../src/common/contract/index.js';
import { seededRandom } from '../support/balancer.fixture.js';
import { type LaneFixture, LANES, startLane } from '../support/lane.fixture.js';
import { Observation } from '../support/observation.js';
import {
  answerEach,
  FAILING,
  hang,
  OK,
  Origin,
  type OriginScript,
  resetAfterRequest,
} from '../support/origin.js';
import { problemIn } from '../support/raw-client.js';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello';
const PUT = POST.replace('POST', 'PUT');
const CHUNKED_PUT =
  'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nX-Sum: 7\r\n\r\n';
const UNAVAILABLE = 'HTTP/1.1 503 Unavailable\r\nContent-Length: 4\r\n\r\nbusy';

/** Fails so often in this way, then answers. */
function failingFirst(times: number, fail: OriginScript): OriginScript {
  let failures = 0;
  return (connection) => (failures++ < times ? fail : answerEach(OK))(connection);
}

const outcomesOf = async (lane: LaneFixture, index = 0) =>
  (await lane.record(index)).attempts.map(({ outcome }) => outcome);

const counted = (lane: LaneFixture, counter: number) => lane.memory.memory.workers[0]!.retries[counter]!;

describe.each(LANES)('%s lane and the budget of retries', (kind) => {
  it('answers a failure as it is when the budget is used up, and counts it', async () => {
    const retries = { attempts: 2, budgetPercent: 0, budgetMinPerSecond: 1 };
    const lane = await startLane(kind, [await Origin.refusing(), await Origin.refusing()], { retries });
    const responses = [];
    for (let index = 0; index < 8; index++) responses.push(await lane.ask(GET));
    for (const response of responses) {
      expect([response.status, problemIn(response)['reason']]).toEqual([502, 'connect_failed']);
    }
    await lane.record(7);
    const extra = lane.records.reduce((sum, { attempts }) => sum + attempts.length - 1, 0);
    expect(extra).toBe(10);
    expect(lane.records.slice(5).map(({ attempts }) => attempts.length)).toEqual([1, 1, 1]);
    expect([counted(lane, RetryCounter.retries), counted(lane, RetryCounter.refused)]).toEqual([10, 3]);
  });

  it('goes round the backends, and does not count pauses as queueing', async () => {
    const lane = await startLane(kind, [await Origin.refusing(), await Origin.refusing()], { retries: 4 });
    await lane.ask(GET);
    const record = await lane.record();
    expect(record.attempts.map(({ backend }) => backend)).toEqual([
      'backend-0',
      'backend-1',
      'backend-0',
      'backend-1',
      'backend-0',
    ]);
    expect(record.queueUs).toBe(0);
  });

  it('ends the pause with the client, and with the time of the whole request', async () => {
    // Full jitter draws from 0 on: of a month, in one of 20 million it is over within those 120 ms.
    const monthMs = 30 * 86_400_000;
    const retries = { attempts: 5, backoffBaseMs: monthMs, backoffMaxMs: monthMs };
    const lane = await startLane(kind, [await Origin.refusing()], { retries, timeouts: { requestMs: 120 } });
    const response = await lane.ask(GET);
    expect([response.status, problemIn(response)['reason']]).toEqual([504, 'request_timeout']);
    expect(await outcomesOf(lane)).toEqual(['connect_failed']);

    const patient = await startLane(kind, [await Origin.refusing()], { retries });
    const client = await patient.connect();
    await client.send(GET);
    await Observation.until(() => counted(patient, RetryCounter.retries) === 1, 'a retry was granted');
    client.close();
    expect(await patient.record()).toMatchObject({ dropReason: 'client_closed', status: 499 });
    expect(await outcomesOf(patient)).toEqual(['connect_failed']);
  });

  it('never makes more than its share of extra tries, however many backends fail in whichever way', async () => {
    const origins = [
      await Origin.answering(FAILING),
      await Origin.start(hang),
      await Origin.refusing(),
      await Origin.answering(OK),
    ];
    const lane = await startLane(kind, origins, {
      retries: { attempts: 3, statuses: [500], perTryMs: 50, budgetPercent: 20, budgetMinPerSecond: 0 },
    });
    const ask = async () => {
      for (let index = 0; index < 20; index++) await lane.ask(GET);
    };
    await Promise.all(Array.from({ length: 10 }, ask));
    await lane.record(199);
    const extra = lane.records.reduce((sum, { attempts }) => sum + attempts.length - 1, 0);
    expect(extra).toBe(counted(lane, RetryCounter.retries));
    expect(extra).toBeLessThanOrEqual(40);
    expect(extra).toBeGreaterThan(20);
    expect(counted(lane, RetryCounter.refused)).toBeGreaterThan(0);
  });
});

describe.each(LANES)('%s lane and what is tried again', (kind) => {
  it.each([
    ['the only backend', 1],
    ['another one', 2],
  ])('a GET on %s after a reset', async (_name, count) => {
    const moody = await Origin.start(failingFirst(1, resetAfterRequest));
    const others = count === 1 ? [] : [await Origin.answering(OK)];
    const lane = await startLane(kind, [moody, ...others]);
    expect((await lane.ask(GET)).status).toBe(200);
    expect(await outcomesOf(lane)).toEqual(['reset', 'ok']);
    expect((await lane.record()).backend).toBe(`backend-${count - 1}`);
  });

  it('a GET without an answer in time, and no POST', async () => {
    for (const limits of [{ timeouts: { responseMs: 120 } }, { retries: { attempts: 2, perTryMs: 100 } }]) {
      const slow = await Origin.start(hang);
      const lane = await startLane(kind, [slow, await Origin.answering(OK)], limits);
      expect((await lane.ask(GET)).status).toBe(200);
      expect(await outcomesOf(lane)).toEqual(['response_timeout', 'ok']);
      await slow.idle();
      lane.memory.setCursor(0, 0);
      const response = await lane.ask(POST);
      expect([response.status, problemIn(response)['reason']]).toEqual([504, 'response_timeout']);
    }
  });

  it('does not count the time that a client takes for its body against one try', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], { retries: { attempts: 0, perTryMs: 200 } });
    const client = await lane.connect();
    await client.send('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n');
    for await (const _ of Observation.every(80, 6)) await client.send('x');
    expect((await client.response()).status).toBe(200);
    client.close();
  });
});

describe.each(LANES)('%s lane and statuses that are tried elsewhere', (kind) => {
  const retries = { attempts: 2, statuses: [503] };

  it('throws the answer away and asks another backend', async () => {
    const busy = await Origin.answering(UNAVAILABLE);
    const lane = await startLane(kind, [busy, await Origin.answering(OK)], { retries });
    const client = await lane.connect();
    for (let index = 0; index < 3; index++) {
      lane.memory.setCursor(0, 0);
      const response = await client.ask(GET);
      expect([response.status, response.body.toString()]).toEqual([200, 'ok']);
      expect((await lane.record(index)).attempts).toMatchObject([
        { backend: 'backend-0', outcome: 'bad_status', status: 503 },
        { backend: 'backend-1', outcome: 'ok', status: 200 },
      ]);
    }
    await busy.idle();
    client.close();
  });

  it('passes on the last answer, one that is not named, and what a POST got', async () => {
    const busy = await Origin.answering(UNAVAILABLE);
    const lane = await startLane(kind, [busy], { retries });
    const response = await lane.ask(GET);
    expect([response.status, response.body.toString()]).toEqual([503, 'busy']);
    expect(await outcomesOf(lane)).toEqual(['bad_status', 'bad_status', 'ok']);
    expect((await lane.ask(POST)).status).toBe(503);
    expect(await outcomesOf(lane, 1)).toEqual(['ok']);

    const failing = await Origin.answering(FAILING);
    const other = await startLane(kind, [failing, await Origin.answering(OK)], { retries });
    expect((await other.ask(GET)).status).toBe(500);
  });

  it('passes on the answer when the budget is used up', async () => {
    const busy = await Origin.answering(UNAVAILABLE);
    const none = { ...retries, budgetPercent: 0, budgetMinPerSecond: 0 };
    const lane = await startLane(kind, [busy, await Origin.answering(OK)], { retries: none });
    const response = await lane.ask(GET);
    expect([response.status, response.body.toString()]).toEqual([503, 'busy']);
    expect([counted(lane, RetryCounter.retries), counted(lane, RetryCounter.refused)]).toEqual([0, 1]);
  });

  it('also when it came before the body of the request was there', async () => {
    const hasty: OriginScript = async (connection) => {
      await connection.requestHead();
      await connection.stream.takeBytes(3);
      await connection.send(UNAVAILABLE);
      await connection.stream.closed;
    };
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [await Origin.start(hasty), origin], { retries });
    const client = await lane.connect();
    await client.send(PUT.slice(0, -2));
    await Observation.until(() => origin.accepted === 1, 'the other backend is asked');
    await client.send('lo');
    expect((await client.response()).status).toBe(200);
    expect(origin.requests[0]!.body.toString()).toBe('hello');
    client.close();
  });
});

describe.each(LANES)('%s lane and bodies that are sent again', (kind) => {
  it.each([
    ['counted', PUT],
    ['chunked, with a trailer', CHUNKED_PUT],
    ['of a DELETE', POST.replace('POST', 'DELETE')],
    ['empty', 'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ])('one that is %s', async (_name, bytes) => {
    const first = await Origin.start(failingFirst(1, resetAfterRequest));
    const second = await Origin.start(failingFirst(1, resetAfterRequest));
    const lane = await startLane(kind, [first, second]);
    expect((await lane.ask(bytes)).status).toBe(200);
    const record = await lane.record();
    expect(record.attempts.map(({ outcome }) => outcome)).toEqual(['reset', 'reset', 'ok']);
    const requests = [...first.requests, ...second.requests];
    expect(requests).toHaveLength(3);
    const body = requests[0]!.body.toString();
    expect(body).toBe(bytes.includes('hel') ? 'hello' : '');
    for (const request of requests) expect(request.body.toString()).toBe(body);
    if (bytes === CHUNKED_PUT) {
      for (const { trailers } of requests) expect(trailers).toEqual([['X-Sum', '7']]);
    }
    expect(record.bytesIn).toBe(body.length);
  });

  it('goes on with the rest that the client sends later', async () => {
    const broken = await Origin.start(async (connection) => {
      await connection.requestHead();
      await connection.stream.takeBytes(30_000);
      connection.reset();
    });
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [broken, origin]);
    const client = await lane.connect();
    const body = Buffer.from(Array.from({ length: 60_000 }, (_, index) => 97 + (index % 26)));
    await client.send(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
    await client.send(body.subarray(0, 30_000));
    await Observation.until(() => origin.accepted === 1, 'the other backend is asked');
    for (let at = 30_000; at < body.length; at += 7_500) await client.send(body.subarray(at, at + 7_500));
    expect((await client.response()).status).toBe(200);
    expect(origin.requests[0]!.body.equals(body)).toBe(true);
    client.close();
  });

  it.each([
    ['that is longer than what is kept', 'PUT', 10, false],
    ['in chunks that turns out to be', 'PUT', 10, true],
    ['when nothing is kept', 'PUT', 0, false],
    ['of a POST', 'POST', 65_536, false],
  ])('but none %s', async (_name, method, bodyBytes, isChunked) => {
    const broken = await Origin.start(resetAfterRequest);
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [broken, origin], { retries: { attempts: 2, bodyBytes } });
    const text = 'x'.repeat(20);
    const framing = isChunked
      ? `Transfer-Encoding: chunked\r\n\r\n14\r\n${text}\r\n0\r\n\r\n`
      : `Content-Length: 20\r\n\r\n${text}`;
    const response = await lane.ask(`${method} / HTTP/1.1\r\nHost: a\r\n${framing}`);
    expect([response.status, problemIn(response)['reason']]).toEqual([502, 'bad_response']);
    expect(origin.accepted).toBe(0);
  });

  it('under load, whole and in order, while backends break off', async () => {
    const origins = await moodyOrigins();
    const lane = await startLane(kind, origins, { retries: 10 });
    await Promise.all(Array.from({ length: 8 }, (_, client) => sendMany(lane, client)));
    const retried = lane.records.filter(({ attempts }) => attempts.length > 1);
    expect(retried.length).toBeGreaterThan(0);
  });
});

/** Three that reset a fifth of their requests somewhere in the body, and answer others with a sum over it. */
function moodyOrigins(): Promise<Origin[]> {
  const random = seededRandom(7);
  const script: OriginScript = async (connection) => {
    for (;;) {
      if (random() < 0.2) {
        await connection.requestHead();
        await connection.stream.takeBytes(1);
        return connection.reset();
      }
      const { body } = await connection.request();
      const text = `${body.length} ${body.reduce((sum, byte, index) => (sum + byte * (index % 251)) >>> 0, 0)}`;
      await connection.send(
        `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
      );
      connection.end();
      return;
    }
  };
  return Promise.all([Origin.start(script), Origin.start(script), Origin.start(script)]);
}

async function sendMany(lane: LaneFixture, seed: number): Promise<void> {
  const client = await lane.connect();
  onTestFinished(() => client.close());
  for (let index = 0; index < 20; index++) {
    const length = 1 + ((seed * 7919 + index * 3571) % 40_000);
    const body = Buffer.from(Array.from({ length }, (_, at) => (at * 31 + seed + index) % 256));
    await client.send(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`);
    const half = Math.floor(length / 2);
    await client.send(body.subarray(0, half));
    await client.send(body.subarray(half));
    const response = await client.response();
    const sum = body.reduce((all, byte, at) => (all + byte * (at % 251)) >>> 0, 0);
    expect([response.status, response.body.toString()]).toEqual([200, `${length} ${sum}`]);
  }
}
