import { describe, expect, it, onTestFinished } from 'vitest';
import { type FallbackSettings, NO_QUEUE } from '../../src/common/contract/index.js';
import {
  backendSnapshot,
  BalancerFixture,
  serviceSnapshot,
  snapshotOf,
} from '../support/balancer.fixture.js';
import { LaneFixture, LANES, serviceOver, startLane } from '../support/lane.fixture.js';
import { LedgerReader } from '../../src/modules/data-plane/index.js';
import { FAILING, OK, Origin } from '../support/origin.js';
import { breakerPolicies, CIRCUIT } from '../support/outage.settings.js';
import { problemIn } from '../support/raw-client.js';
import { valueOf } from '../support/raw-message.js';

const GET = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n';
const SERVICE_CIRCUIT = {
  ...CIRCUIT,
  perBackend: false,
  perService: true,
  openMs: 60_000,
  maxOpenMs: 60_000,
};

function fallbackTo(settings: Partial<FallbackSettings>): FallbackSettings {
  return {
    on: ['circuit_open', 'no_backend'],
    service: '',
    status: 0,
    body: '',
    contentType: 'text/plain; charset=utf-8',
    ...settings,
  };
}

describe.each(LANES)('fallbacks in lane %s', (kind) => {
  it('answers what is configured while the service is open, with the drop on record', async () => {
    const origin = await Origin.answering(FAILING);
    const fallback = fallbackTo({ status: 200, body: '{"ü":1}', contentType: 'application/json' });
    const lane = await startLane(kind, [origin], {
      service: { policies: breakerPolicies({ circuit: SERVICE_CIRCUIT, fallback }) },
    });
    for (let index = 0; index < 4; index++) expect((await lane.ask(GET)).status).toBe(500);
    const client = await lane.connect();
    const answer = await client.ask(GET);
    expect([answer.status, valueOf(answer, 'content-type')]).toEqual([200, 'application/json']);
    expect(JSON.parse(answer.body.toString())).toEqual({ ü: 1 });
    const head = await client.ask(GET.replace('GET', 'HEAD'), 'HEAD');
    expect([head.status, head.body.length, valueOf(head, 'content-length')]).toEqual([200, 0, '8']);
    expect((await client.ask(GET)).status).toBe(200);
    client.close();
    expect(await lane.record(4)).toMatchObject({ status: 200, dropReason: 'circuit_open', attempts: [] });
    expect(origin.requests).toHaveLength(4);
  });

  it('answers so only for the reasons it is meant for', async () => {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], {
      service: { policies: breakerPolicies({ fallback: fallbackTo({ on: ['circuit_open'], status: 200 }) }) },
    });
    lane.memory.states.setHealth(0, 0, 'unhealthy');
    expect(problemIn(await lane.ask(GET))).toMatchObject({ status: 503, reason: 'no_backend' });
  });

  it('waits for a backend first where requests are held, and falls back when the time is over', async () => {
    const origin = await Origin.answering(OK);
    const policies = breakerPolicies({ fallback: fallbackTo({ status: 203, body: 'sorry' }) });
    const lane = await startLane(kind, [origin], {
      service: { policies: { ...policies, queue: { ...NO_QUEUE, size: 10, holdMs: 150 } } },
    });
    lane.memory.states.setHealth(0, 0, 'unhealthy');
    const answer = await lane.ask(GET);
    expect([answer.status, answer.body.toString()]).toEqual([203, 'sorry']);
    const record = await lane.record(0);
    expect(record).toMatchObject({ status: 203, dropReason: 'no_backend' });
    expect(record.totalUs).toBeGreaterThanOrEqual(150_000);
    // Counted from where it waits, which is a moment after the hold has begun.
    expect(record.queueUs).toBeGreaterThanOrEqual(149_000);
    expect((await lane.ask(GET)).status).toBe(203);
  });

  /** `shop`, which has no backend, falls back to `sorry`, which falls back to `shop`. */
  async function twoServices(sorryIsUp: boolean) {
    const sorry = await Origin.answering(OK);
    const shop = serviceSnapshot({
      backends: [],
      policies: breakerPolicies({ fallback: fallbackTo({ service: 'sorry' }) }),
    });
    const other = {
      ...serviceOver([sorry], {
        service: {
          name: 'sorry',
          slot: 1,
          hosts: ['sorry.test'],
          policies: breakerPolicies({ fallback: fallbackTo({ service: 'shop' }) }),
          backends: [backendSnapshot(0, { port: sorry.port })],
        },
      }),
    };
    const memory = new BalancerFixture([shop, other]);
    const lane = new LaneFixture(memory, {});
    onTestFinished(async () => {
      await lane.stop();
      await sorry.stop();
    });
    if (!sorryIsUp) memory.states.setHealth(0, 1, 'unhealthy');
    await lane.start(kind, snapshotOf([shop, other]));
    const ledger = new LedgerReader(memory.memory);
    return { lane, sorry, ledger };
  }

  it('lets another service serve, with body and all, and both ledgers balance', async () => {
    const { lane, sorry, ledger } = await twoServices(true);
    const post = 'POST /pay HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nmoney';
    expect((await lane.ask(post)).body.toString()).toBe('ok');
    expect(sorry.requests[0]!.body.toString()).toBe('money');
    expect(await lane.record()).toMatchObject({
      service: 'sorry',
      fallbackFrom: 'shop',
      status: 200,
      dropReason: null,
    });
    expect(ledger.service(0)).toMatchObject({ received: 1, forwarded: 0, dropped: 1, inFlight: 0 });
    expect(ledger.service(1)).toMatchObject({ received: 1, forwarded: 1, dropped: 0, inFlight: 0 });
  });

  it('takes one step only: services that fall back to each other make no loop', async () => {
    const { lane, ledger } = await twoServices(false);
    expect(problemIn(await lane.ask(GET))).toMatchObject({ status: 503, reason: 'no_backend' });
    expect(await lane.record()).toMatchObject({ service: 'sorry', dropReason: 'no_backend' });
    expect([ledger.service(0).dropped, ledger.service(1).dropped]).toEqual([1, 1]);
  });
});
