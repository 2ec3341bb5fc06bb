import http from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ServiceSnapshot } from '../../src/common/contract/index.js';
import {
  LedgerCell,
  DROP_REASONS,
  BACKEND_COUNTERS,
  BackendCounter,
} from '../../src/common/contract/index.js';
import { backendSnapshot, snapshotOf } from '../support/balancer.fixture.js';
import { CertificateAuthority } from '../support/certificate.authority.js';
import { LANES, serviceOver, startLane } from '../support/lane.fixture.js';
import { answerEach, OK, Origin, type OriginScript } from '../support/origin.js';
import { problemIn } from '../support/raw-client.js';
import { valueOf } from '../support/raw-message.js';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe.each(LANES)('%s lane and https backends', (kind) => {
  const authority = new CertificateAuthority();
  const service = (
    port: number,
    tls: Partial<ServiceSnapshot['tls']>,
    host = '127.0.0.1',
  ): Partial<ServiceSnapshot> => ({
    backends: [backendSnapshot(0, { port, secure: true, host })],
    tls: { ca: authority.cert, serverName: '', verify: true, ...tls },
  });

  it("verifies the address, or the name that is configured, and never the client's Host", async () => {
    const byAddress = await Origin.start(answerEach(OK), authority.issue({ names: ['127.0.0.1'] }));
    const byName = await Origin.start(answerEach(OK), authority.issue({ names: ['inner.test'] }));
    onTestFinished(() => Promise.all([byAddress.stop(), byName.stop()]).then(() => undefined));

    const address = await startLane(kind, [], { service: service(byAddress.port, {}) });
    expect((await address.ask(GET)).status).toBe(200);
    const name = await startLane(kind, [], { service: service(byName.port, { serverName: 'inner.test' }) });
    expect((await name.ask('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello')).status).toBe(200);
    expect((await name.record()).connectUs).toBeGreaterThan(0);
    expect((await name.ask(GET)).status).toBe(200);
    expect(byName.accepted).toBe(1);
    expect(byName.requests[0]!.body.toString()).toBe('hello');

    const wrong = await startLane(kind, [], { service: service(byName.port, {}) });
    const refused = await wrong.ask('GET / HTTP/1.1\r\nHost: inner.test\r\n\r\n');
    expect([refused.status, problemIn(refused)['reason']]).toEqual([502, 'connect_failed']);
  });

  it('refuses a certificate that nobody vouches for, unless told not to look', async () => {
    const origin = await Origin.start(
      answerEach(OK),
      new CertificateAuthority('other').issue({ names: ['127.0.0.1'] }),
    );
    onTestFinished(() => origin.stop());
    const strict = await startLane(kind, [], { service: service(origin.port, {}) });
    expect((await strict.ask(GET)).status).toBe(502);
    expect(origin.requests).toEqual([]);
    const blind = await startLane(kind, [], { service: service(origin.port, { verify: false }) });
    expect((await blind.ask(GET)).status).toBe(200);
  });

  it('moves on, body and all, from one whose handshake hangs', async () => {
    const mute = await Origin.start(async (connection) => connection.stream.closed);
    const origin = await Origin.start(answerEach(OK), authority.issue({ names: ['127.0.0.1'] }));
    onTestFinished(() => Promise.all([mute.stop(), origin.stop()]).then(() => undefined));
    const lane = await startLane(kind, [], {
      timeouts: { connectMs: 200 },
      service: {
        ...service(origin.port, {}),
        backends: [mute, origin].map(({ port }, slot) => backendSnapshot(slot, { port, secure: true })),
      },
    });
    expect((await lane.ask('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello')).status).toBe(200);
    expect((await lane.record()).attempts).toMatchObject([{ outcome: 'connect_timeout' }, { outcome: 'ok' }]);
    await mute.idle();
  });
});

describe.each(LANES)('%s lane and a configuration that changes', (kind) => {
  it('keeps the connections of a backend that stays, closes those of one that goes, after its exchanges', async () => {
    const arrived = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const stays = await Origin.answering(OK);
    const goes = await Origin.start(async (connection) => {
      for (;;) {
        const request = await connection.request();
        if (request.line.includes('slow')) {
          arrived.resolve();
          await release.promise;
        }
        await connection.send(OK);
      }
    });
    const lane = await startLane(kind, [stays, goes]);
    await lane.ask(GET);
    await lane.ask(GET);
    expect([stays.open, goes.open]).toEqual([1, 1]);
    lane.memory.states.setAdminState(0, 0, 'draining');
    const busy = await lane.connect();
    await busy.send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await arrived.promise;
    lane.memory.states.setAdminState(0, 0, 'enabled');

    const before = serviceOver([stays, goes]);
    const after = { ...before, fingerprint: 'next', backends: before.backends.slice(0, 1) };
    lane.pipeline!.use(snapshotOf([after], { generation: 2 }));
    for (let index = 0; index < 4; index++) expect((await lane.ask(GET)).status).toBe(200);
    expect(stays.accepted).toBe(1);
    expect(goes.open).toBe(1);
    release.resolve();
    expect((await busy.response()).status).toBe(200);
    await goes.idle();
    busy.close();
    expect((await lane.record(2)).generation).toBe(2);
  });

  it('makes new connections when how to connect changes', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin]);
    await lane.ask(GET);
    const before = serviceOver([origin]);
    const timeouts = { ...before.timeouts, upstreamIdleMs: 2000 };
    lane.pipeline!.use(snapshotOf([{ ...before, fingerprint: 'next', timeouts }], { generation: 2 }));
    expect((await lane.ask(GET)).status).toBe(200);
    expect(origin.accepted).toBe(2);
    expect(origin.open).toBe(1);
  });
});

describe.each(LANES)('%s lane keeps its books', (kind) => {
  it('balanced under faults, against what the clients saw', async () => {
    let turn = 0;
    const moody: OriginScript = async (connection) => {
      for (;;) {
        await connection.request();
        const mood = turn++ % 7;
        if (mood === 1) return connection.reset();
        if (mood === 3) await connection.send('rubbish\r\n\r\n');
        else if (mood === 5) {
          await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf');
          return connection.end();
        } else await connection.send(OK);
      }
    };
    const origins = [await Origin.start(moody), await Origin.refusing(), await Origin.start(moody)];
    const lane = await startLane(kind, origins, { service: { hosts: ['here.test'] } });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
    onTestFinished(() => agent.destroy());
    const seen: Record<string, number> = {};
    const count = (what: string) => (seen[what] = (seen[what] ?? 0) + 1);
    const ask = (index: number) =>
      new Promise<void>((resolve) => {
        const host = index % 10 === 0 ? 'elsewhere.test' : 'here.test';
        const method = index % 3 === 0 ? 'POST' : 'GET';
        const call = http.request(
          { host: '127.0.0.1', port: lane.port, agent, method, headers: { host } },
          (response) => {
            let body = '';
            response.on('data', (chunk: Buffer) => (body += chunk.toString()));
            response.on('error', () => undefined);
            response.on('close', () => {
              if (!response.complete) count('cut');
              else if (response.statusCode === 200) count('forwarded');
              else count((JSON.parse(body) as { reason: string }).reason);
              resolve();
            });
          },
        );
        call.on('error', () => {
          count('lost');
          resolve();
        });
        call.end(method === 'POST' ? 'body' : undefined);
      });
    const total = 600;
    for (let index = 0; index < total; index += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, offset) => ask(index + offset)));
      const { received, forwarded, dropped, inFlight } = lane.totals;
      expect(received).toBe(forwarded + dropped + inFlight);
    }
    await lane.record(total - 1);
    const { received, forwarded, droppedByReason } = lane.totals;
    const { forwarded: whole = 0, cut = 0, ...drops } = seen;
    expect(seen['lost']).toBeUndefined();
    expect(received).toBe(total);
    expect(forwarded).toBe(whole + cut);
    expect(droppedByReason).toEqual(drops);
    expect(droppedByReason.no_route).toBe(60);
    expect(Object.keys(seen)).toEqual(
      expect.arrayContaining(['bad_response', 'cut', 'forwarded', 'no_route']),
    );
  });

  it('per service from the route on, per backend by attempt', async () => {
    const origin = await Origin.answering('HTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\nbad');
    const lane = await startLane(kind, [await Origin.refusing(), origin], {
      service: { hosts: ['here.test'] },
    });
    await lane.ask(GET);
    await lane.ask('POST / HTTP/1.1\r\nHost: here.test\r\nContent-Length: 5\r\n\r\nhello');
    await lane.record(1);
    const cells = lane.memory.memory.workers[0]!;
    const service = (cell: number) => cells.serviceLedger[cell];
    expect([service(LedgerCell.received), service(LedgerCell.forwarded)]).toEqual([1, 1]);
    expect(service(LedgerCell.drops + DROP_REASONS.no_route.code)).toBe(0);
    const counters = (slot: number) =>
      (['attempts', 'failures', 'bytesIn', 'bytesOut', 'serverErrors'] as const).map(
        (name) => cells.backendCounters[slot * BACKEND_COUNTERS + BackendCounter[name]],
      );
    expect(counters(0)).toEqual([1, 1, 0, 0, 0]);
    expect(counters(1)).toEqual([1, 0, 5, 3, 1]);
    expect(cells.backendCounters[BACKEND_COUNTERS + BackendCounter.latencyUs]).toBeGreaterThan(0);
  });

  it('and its life, when something in it throws', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], {
      expectsErrors: true,
      // What no validated configuration holds: the pool trips over it when it is made.
      service: {
        tls: null as unknown as ServiceSnapshot['tls'],
        backends: [backendSnapshot(0, { port: origin.port, secure: true })],
      },
    });
    const response = await lane.ask(GET);
    expect([response.status, problemIn(response)['reason']]).toEqual([500, 'internal_error']);
    expect(valueOf(response, 'x-request-id')).toBe((await lane.record()).requestId);
    expect(JSON.stringify(problemIn(response))).not.toContain('null');
    expect(lane.errors).toHaveLength(1);
    expect((await lane.ask(GET)).status).toBe(500);
  });
});
