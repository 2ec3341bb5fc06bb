import { describe, expect, it } from 'vitest';
import {
  ALGORITHM_NAMES,
  type DecisionRecord,
  NO_POLICIES,
  NO_QUEUE,
  type PickDecision,
  type ServiceSnapshot,
} from '../../src/common/contract/index.js';
import { FULL_ACCESS_LOG, NO_GLOBALS } from '../../src/common/contract/policies/index.js';
import { rerunPick } from '../../src/modules/balancer/index.js';
import { Blocklists } from '../../src/modules/proxy/index.js';
import { algorithmSettings, backendSnapshot } from '../support/balancer.fixture.js';
import { blockImage } from '../support/block-images.js';
import { type LaneFixture, LANES, startLane } from '../support/lane.fixture.js';
import { Observation } from '../support/observation.js';
import { FAILING, OK, Origin } from '../support/origin.js';
import { breakerPolicies, CIRCUIT, EJECTION } from '../support/outage.settings.js';
import { PatientOrigin } from '../support/patient.origin.js';
import { rateLimit } from '../support/rate-limits.js';
import { valueOf } from '../support/raw-message.js';

const GET = 'GET /cart/7 HTTP/1.1\r\nHost: shop.test\r\n\r\n';
/** The decision of every exchange is kept. */
const EVERYTHING = { globals: { ...NO_GLOBALS, accessLog: { ...FULL_ACCESS_LOG, decisionSample: 1 } } };

async function decisionIn(lane: LaneFixture, index = 0): Promise<DecisionRecord> {
  const { decision } = await lane.record(index);
  expect(decision).not.toBe(null);
  for (const pick of decision!.picks) expect(rerunPick(pick)).toBe(pick.backend);
  return decision!;
}

/** Of each candidate, why it was not picked, and what keeps it out. */
function fates(pick: PickDecision | undefined): [skipped: string | null, ...states: string[]][] {
  return (pick?.candidates ?? []).map(({ skipped, states }) => [skipped, ...states]);
}

function answering(count: number): Promise<Origin[]> {
  return Promise.all(Array.from({ length: count }, () => Origin.answering(OK)));
}

describe.each(LANES)('decisions in lane %s', (kind) => {
  const start = (origins: readonly Origin[], service: Partial<ServiceSnapshot> = {}) =>
    startLane(kind, origins, { service, snapshot: EVERYTHING });

  it('tell the route, and of each backend that is out what keeps it out', async () => {
    const lane = await start(await answering(4), { hosts: ['*.test'], paths: ['/', '/cart'] });
    lane.memory.states.setAdminState(0, 0, 'draining');
    lane.memory.states.setHealth(1, 0, 'unhealthy');
    lane.memory.states.setAdminState(2, 0, 'disabled');
    await lane.ask(GET);
    const decision = await decisionIn(lane);
    expect(decision).toMatchObject({
      cause: 'sample',
      route: { service: 'shop', host: '*.test', path: '/cart' },
      block: null,
      limits: [],
      queue: null,
      retryBudget: null,
      morePicks: 0,
    });
    expect(fates(decision.picks[0])).toEqual([
      ['out', 'draining'],
      ['out', 'unhealthy'],
      ['out', 'disabled'],
      [null],
    ]);
  });

  it('keep ordinary exchanges only as the sample says, and failures always', async () => {
    const lane = await startLane(kind, [await Origin.answering(FAILING)], {
      snapshot: { globals: { ...NO_GLOBALS, accessLog: { ...FULL_ACCESS_LOG, decisionSample: 0 } } },
    });
    await lane.ask(GET);
    expect((await decisionIn(lane)).cause).toBe('error');
    const quiet = await startLane(kind, await answering(1), {
      snapshot: { globals: { ...NO_GLOBALS, accessLog: { ...FULL_ACCESS_LOG, decisionSample: 0 } } },
    });
    await quiet.ask(GET);
    expect((await quiet.record()).decision).toBe(null);
  });

  it('tell what was slow', async () => {
    const lane = await startLane(kind, await answering(1), {
      snapshot: {
        globals: { ...NO_GLOBALS, accessLog: { ...FULL_ACCESS_LOG, decisionSample: 0, slowMs: 0 } },
      },
    });
    await lane.ask(GET);
    expect((await decisionIn(lane)).cause).toBe('slow');
  });

  it('tell that no route was found, and that a request could not be read', async () => {
    const lane = await start(await answering(1), { hosts: ['other.test'] });
    await lane.ask(GET);
    expect(await decisionIn(lane)).toMatchObject({ cause: 'drop', route: null, breaker: null, picks: [] });
    await lane.ask('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n');
    expect((await lane.record(1)).dropReason).toBe('bad_request');
    expect(await decisionIn(lane, 1)).toMatchObject({ cause: 'drop', route: null, picks: [] });
  });

  it('tell an ejection and an open breaker', async () => {
    const ejected = await start([await Origin.answering(FAILING), await Origin.answering(OK)], {
      policies: breakerPolicies({ ejection: EJECTION }),
    });
    for (let index = 0; index < 6; index++) await ejected.ask(GET);
    expect(fates((await decisionIn(ejected, 5)).picks[0])).toEqual([['out', 'ejected'], [null]]);

    const broken = await start([await Origin.answering(FAILING), await Origin.answering(OK)], {
      policies: breakerPolicies({ circuit: { ...CIRCUIT, openMs: 60_000, maxOpenMs: 60_000 } }),
    });
    for (let index = 0; index < 9; index++) await broken.ask(GET);
    expect(fates((await decisionIn(broken, 8)).picks[0])).toEqual([['out', 'breaker-open'], [null]]);
  });

  it('tell the open breaker of a service', async () => {
    const circuit = { ...CIRCUIT, perBackend: false, perService: true, openMs: 60_000, maxOpenMs: 60_000 };
    const lane = await start([await Origin.answering(FAILING)], { policies: breakerPolicies({ circuit }) });
    for (let index = 0; index < 5; index++) await lane.ask(GET);
    expect((await lane.record(4)).dropReason).toBe('circuit_open');
    expect(await decisionIn(lane, 0)).toMatchObject({ breaker: 'closed' });
    expect(await decisionIn(lane, 4)).toMatchObject({ cause: 'drop', breaker: 'open', picks: [] });
  });

  it('tell the retry after a failed connection, and who was tried', async () => {
    const lane = await start([await Origin.refusing(), await Origin.answering(OK)]);
    await lane.ask(GET);
    const decision = await decisionIn(lane);
    expect(decision).toMatchObject({ cause: 'retry', retryBudget: { granted: true, percent: 20 } });
    expect(decision.picks.map(({ kind: what, backend }) => [what, backend])).toEqual([
      ['first', 'backend-0'],
      ['retry', 'backend-1'],
    ]);
    expect(decision.picks.map(fates)).toEqual([
      [[null], ['lost']],
      [['tried'], [null]],
    ]);
  });

  it('tell where the cookie of a client leads, and that its backend could not be picked', async () => {
    const lane = await start(await answering(2), { algorithm: algorithmSettings('sticky-round-robin') });
    const response = await lane.ask(GET);
    const cookie = valueOf(response, 'set-cookie')!.split(';')[0]!;
    const again = GET.replace('\r\n\r\n', `\r\nCookie: ${cookie}\r\n\r\n`);
    await lane.ask(again);
    const { backend } = await lane.record(1);
    expect((await decisionIn(lane, 1)).picks[0]).toMatchObject({
      rule: 'affinity',
      affinity: 'hit',
      named: backend,
      backend,
      key: { by: 'cookie', name: 'lb' },
    });
    lane.memory.states.setAdminState(backend === 'backend-0' ? 0 : 1, 0, 'draining');
    await lane.ask(again);
    const pick = (await decisionIn(lane, 2)).picks[0]!;
    expect(pick).toMatchObject({ rule: 'turn', affinity: 'fallback', named: backend });
    expect(pick.candidates.find((candidate) => candidate.backend === backend)).toMatchObject({
      skipped: 'out',
      states: ['draining'],
    });
  });

  it('tell the rate limits with what is left, and the one that refused', async () => {
    const rateLimits = [rateLimit({ name: 'wide', limit: 9, burst: 9 }), rateLimit()];
    const lane = await start(await answering(1), { rateLimits });
    for (let index = 0; index < 3; index++) await lane.ask(GET);
    expect((await decisionIn(lane)).limits).toMatchObject([
      { rule: 'wide', service: 'shop', by: ['ip'], allowed: true, remaining: 8, burst: 9 },
      { rule: 'ip', allowed: true, remaining: 1, waitMs: 0, shadow: false },
    ]);
    const { limits, cause, picks } = await decisionIn(lane, 2);
    expect([cause, picks]).toEqual(['drop', []]);
    expect(limits).toMatchObject([
      { rule: 'wide', allowed: true, remaining: 6 },
      { rule: 'ip', allowed: false, remaining: 0 },
    ]);
    expect(limits[1]!.waitMs).toBeGreaterThan(1_000_000);
  });

  it('tell who is blocked, and by what', async () => {
    const block = { blocklist: [], allowlist: [] };
    const blocked = { cidr: '127.0.0.0/8', note: '', expiresAt: 0, shadow: false };
    const lane = await start(await answering(1), {
      policies: { ...NO_POLICIES, block: { ...block, blocklist: [blocked] } },
    });
    await lane.ask(GET);
    expect(await decisionIn(lane)).toMatchObject({
      cause: 'drop',
      route: { service: 'shop' },
      block: { verdict: 'blocked', source: 'service' },
    });
    const shadow = await startLane(kind, await answering(1), {
      blocklists: new Blocklists({ lists: null, bans: blockImage({ cidr: '127.0.0.1', effect: 'shadow' }) }),
      snapshot: EVERYTHING,
    });
    await shadow.ask(GET);
    expect((await decisionIn(shadow)).block).toEqual({ verdict: 'shadow', source: 'bans' });
  });

  it('tell full backends, and what waited and how long', async () => {
    const origin = await PatientOrigin.start();
    const queue = { ...NO_QUEUE, size: 1, timeoutMs: 150, limitsBackends: true };
    const lane = await start([origin.origin], {
      policies: { ...NO_POLICIES, queue },
      backends: [backendSnapshot(0, { port: origin.origin.port, maxInFlight: 1 })],
    });
    const first = await lane.connect();
    await first.send(GET);
    await Observation.until(() => lane.memory.inFlight(0) === 1, 'the first one runs');
    const waits = lane.ask(GET);
    await Observation.until(() => lane.pipeline!.inFlight === 2, 'the second one waits');
    await lane.ask(GET);
    expect((await lane.record()).dropReason).toBe('queue_full');
    const full = await decisionIn(lane);
    expect(full.queue).toMatchObject({ place: 'backend', ahead: 1, size: 1 });
    expect(fates(full.picks[0])).toEqual([['behind']]);
    expect((await waits).status).toBe(503);
    expect((await lane.record(1)).dropReason).toBe('queue_timeout');
    const late = await decisionIn(lane, 1);
    expect(late.queue).toMatchObject({ place: 'backend', ahead: 0, size: 1 });
    expect(late.queue!.waitedUs).toBeGreaterThanOrEqual(140_000);
    expect(fates(late.picks[0])).toEqual([['full']]);
    expect(late.picks[0]!.candidates[0]).toMatchObject({ inFlight: 1, maxInFlight: 1 });
    first.close();
  });

  it.each(ALGORITHM_NAMES)(
    'of %s can be made once more, under traffic and with changes of state',
    async (name) => {
      const origins = await answering(3);
      const lane = await start(origins, {
        algorithm: algorithmSettings(name, { boundedLoad: 1.25 }),
        backends: origins.map(({ port }, slot) => backendSnapshot(slot, { port, weight: slot + 1 })),
      });
      for (let round = 0; round < 4; round++) {
        lane.memory.states.setAdminState(round % 3, 0, round % 2 === 0 ? 'draining' : 'enabled');
        await Promise.all(Array.from({ length: 6 }, () => lane.ask(GET)));
      }
      await lane.record(23);
      for (let index = 0; index < 24; index++) {
        const { picks } = await decisionIn(lane, index);
        expect(picks.at(-1)!.backend).toBe(lane.records[index]!.backend);
        expect(picks[0]!.algorithm).toBe(name);
      }
    },
  );
});
