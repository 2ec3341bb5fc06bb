import { NO_GLOBALS } from '../../../common/contract/policies/index.js';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../test/support/balancer.fixture.js';
import { type ServiceInput, validateDesired } from '../../../common/config/index.js';
import {
  type AccessLogRecord,
  AccessLogEncoder,
  BackendStates,
  decodeAccessLog,
  type DropReason,
  SharedMemory,
} from '../../../common/contract/index.js';
import { Balancer } from '../../balancer/index.js';
import { SnapshotPublisher } from '../../data-plane/index.js';
import { Exchange, type ExchangeHead, makePolicies, Pipeline } from '../../proxy/index.js';
import { pseudonymOf } from '../../proxy/pseudonym.js';
import { replayExchanges } from './exchange.replay.js';
import { type ReplayedState, ReplayStage } from './replay.stage.js';

const SECRET = '00112233445566778899aabbccddeeff';
const backends = (...ports: number[]) => ports.map((port) => ({ url: `http://127.0.0.1:${port}` }));

function stateOf(services: readonly ServiceInput[], trustedProxies: readonly string[] = []): ReplayedState {
  const configs = validateDesired({ trustedProxies, defaults: {}, services });
  return { services: configs, trustedProxies, globals: NO_GLOBALS, affinitySecret: SECRET, via: 'velocity' };
}

const BEFORE = stateOf([
  { name: 'shop', hosts: ['shop.test', '[::1]'], backends: backends(1, 2, 3), algorithm: 'ip-hash' },
  {
    name: 'api',
    hosts: ['shop.test'],
    paths: ['/api', '/v1/'],
    backends: backends(4, 5),
    algorithm: 'url-hash',
  },
  { name: 'wild', hosts: ['*.wild.test'], backends: backends(6, 7), algorithm: 'sticky-round-robin' },
  { name: 'empty', hosts: ['empty.test'], backends: [] },
]);
const AFTER = stateOf([
  { name: 'shop', hosts: ['shop.test'], backends: backends(1, 2, 3, 8), algorithm: 'ip-hash' },
  {
    name: 'shop-v2',
    hosts: ['shop.test'],
    paths: ['/api/v2', '/cart'],
    backends: backends(9),
    rateLimits: [
      { by: 'ip', rate: '2/1d' },
      { by: 'all', path: '/cart', rate: '150/1d' },
    ],
  },
  { name: 'wild', hosts: ['*.b.wild.test'], backends: [], algorithm: 'sticky-round-robin' },
  { name: 'empty', hosts: ['empty.test'], backends: backends(10) },
  {
    name: 'rest',
    paths: ['/fallback'],
    backends: backends(11, 12),
    algorithm: { name: 'header-hash', header: 'x-user' },
  },
]);

/** Serves heads by the real pipeline, without a lane, and gives their records as a store would. */
class Served {
  private readonly records: AccessLogRecord[] = [];
  private readonly encoder = new AccessLogEncoder(64);
  private readonly pipeline: Pipeline;

  constructor(state: ReplayedState) {
    const memory = new SharedMemory({ workers: 1, backendCapacity: 64, serviceCapacity: 16 });
    const states = new BackendStates(memory);
    const publisher = new SnapshotPublisher(memory, states, state.via);
    const { snapshot } = publisher.publish({ revision: 1, ...state });
    for (const service of snapshot.services) {
      for (const { slot } of service.backends) states.setHealth(slot, service.slot, 'healthy');
    }
    this.pipeline = new Pipeline({
      balancer: new Balancer(memory, 0),
      worker: 0,
      cells: memory.workers[0]!,
      recorder: { record: (record) => this.records.push(record) },
      policies: makePolicies(memory, 0),
      onError: (error) => expect.unreachable(String(error)),
    });
    this.pipeline.use(snapshot);
  }

  serve(head: ExchangeHead): AccessLogRecord {
    const exchange: Exchange = new Exchange(
      {
        lane: 'wire',
        attempt: () => {
          this.pipeline.responseStarted(exchange, 200);
          this.pipeline.completed(exchange);
        },
        park: () => undefined,
        refuse: () => undefined,
      },
      head,
    );
    this.pipeline.start(exchange);
    return this.asStored(this.records.pop()!);
  }

  /** Through the codec: what it cuts off is gone. */
  private asStored(record: AccessLogRecord): AccessLogRecord {
    this.encoder.append(record);
    return decodeAccessLog(this.encoder.take()).records[0]!;
  }
}

const HOSTS = [
  'shop.test',
  'SHOP.test:8000',
  'shop.test.',
  'shop.test..',
  '.',
  '..',
  '[::1]',
  '[::1]:80',
  '[::2]',
  '',
  'a.wild.test',
  'a.b.wild.test',
  'wild.test',
  '.wild.test',
  'empty.test',
  'xn--bcher-kva.test',
  '%41.test',
];
const PATHS = [
  '/',
  '/api',
  '/api/',
  '/api/v2',
  '/api/v2/x',
  '/apix',
  '/v1',
  '/v1//',
  '/cart',
  '/CART',
  '/fallback/a',
  '//api',
  '/api/../cart',
  '/%2e/api',
  '/café',
  '/a?x=1?y',
  '/api?',
  '/cart?a=/api',
  '/fallback;v=1',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'M-SEARCH'];

function randomHeads(count: number): ExchangeHead[] {
  const random = seededRandom(7);
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  return Array.from({ length: count }, () => {
    const method = oneOf(METHODS);
    const host = oneOf(HOSTS);
    const kind = random();
    const path = oneOf(PATHS);
    const target = kind < 0.05 ? `http://${oneOf(HOSTS) || 'shop.test'}${path}` : kind < 0.1 ? '*' : path;
    const protocol = random() < 0.1 ? 'HTTP/1.0' : 'HTTP/1.1';
    const headers: Readonly<Record<string, string | undefined>> = {
      host,
      via: random() < 0.05 ? `1.1 ${LOOP}` : undefined,
    };
    return {
      method,
      target,
      protocol,
      rawHeaders: [],
      hostCount: random() < 0.02 ? 2 : 1,
      peer: `192.0.2.${Math.floor(random() * 250)}`,
      localPort: 8000,
      isSecure: false,
      header: (name) => headers[name],
    };
  });
}

const LOOP = pseudonymOf(BEFORE);

interface Outcome {
  readonly service: string | null;
  readonly reason: DropReason | null;
}

const outcomeOf = ({ service, dropReason }: AccessLogRecord): Outcome => ({ service, reason: dropReason });

describe('replaying recorded exchanges', () => {
  const heads = randomHeads(10_000);

  it('decides each one as serving it decides, with the same backend where a key decides', () => {
    const [served, servedNext] = [new Served(BEFORE), new Served(AFTER)];
    const [stage, nextStage] = [
      new ReplayStage(BEFORE, () => 'healthy'),
      new ReplayStage(AFTER, () => 'healthy'),
    ];
    const [seen, seenNext] = [new Set<string>(), new Set<string>()];
    for (const head of heads) {
      const [record, next] = [served.serve(head), servedNext.serve(head)];
      seen.add(`${String(record.dropReason)}`);
      seenNext.add(`${String(next.dropReason)}`);
      if (record.service === null && record.dropReason !== 'no_route') continue;
      const [decided, predicted] = [stage.decide(record), nextStage.decide(record)];
      const told = `${head.method} ${head.target} at ${String(head.header('host'))}`;
      expect({ told, service: decided.service, reason: decided.reason }).toEqual({
        told,
        ...outcomeOf(record),
      });
      if (decided.backend !== null) expect(decided.backend).toBe(record.backend);
      // Whether a request had come here before is not known of one that found no service.
      if (next.dropReason === 'loop_detected' && record.dropReason === 'no_route') continue;
      expect({ told, service: predicted.service, reason: predicted.reason }).toEqual({
        told,
        ...outcomeOf(next),
      });
      if (predicted.backend !== null) expect(predicted.backend).toBe(next.backend);
    }
    expect([...seen].sort()).toEqual(['bad_request', 'loop_detected', 'no_backend', 'no_route', 'null']);
    expect([...seenNext].sort()).toEqual([...seen, 'rate_limited'].sort());
  });

  it('reports groups that add up, with examples, and what records do not tell', async () => {
    const served = new Served(BEFORE);
    const records = heads.map((head) => served.serve(head));
    const input = { present: BEFORE, proposed: AFTER, healthOf: () => null, records };
    const report = await replayExchanges(input);
    const groups = [
      report.moved,
      report.newlyDropped,
      report.noLongerDropped,
      report.droppedOtherwise,
    ].flat();
    const outcomes = report.undecided.filter(({ what }) => what === 'outcome');
    const sum = [...groups, ...outcomes].reduce((total, { count }) => total + count, 0);
    expect(report.unchanged + sum).toBe(10_000);
    expect(report.total).toBe(10_000);
    expect(report.assumedHealthy).toBe(8);
    const moved = report.moved.find(({ from, to }) => from === 'api' && to === 'shop-v2')!;
    expect(moved.examples).toHaveLength(3);
    expect(moved.examples.every(({ path }) => path.startsWith('/api/v2'))).toBe(true);
    expect(report.newlyDropped.map(({ reason, from }) => `${reason} of ${from}`)).toContain(
      'no_backend of wild',
    );
    expect(report.noLongerDropped.map(({ reason, to }) => `${reason} to ${to}`)).toContain(
      'no_backend to empty',
    );
    expect(report.undecided).toContainEqual(
      expect.objectContaining({ what: 'backend', why: 'rest: records do not hold the header x-user' }),
    );
    const limited = report.newlyDropped.filter(({ reason }) => reason === 'rate_limited');
    expect(limited.map(({ to }) => to)).toEqual(limited.map(() => 'shop-v2'));
    expect(report.limited).toBe(limited.reduce((sum, { count }) => sum + count, 0));
    expect(report.limited).toBeGreaterThan(0);
    // A fourth backend takes a quarter of the keys, and nobody else's keys move.
    const shop = report.shares.find(({ service }) => service === 'shop')!;
    const [known, added] = [shop.backends.slice(0, 3), shop.backends[3]!];
    expect(known.every(({ before, after }) => after <= before!)).toBe(true);
    expect(added).toMatchObject({ url: 'http://127.0.0.1:8', before: 0 });
    expect(shop.reassigned).toBeGreaterThan(0);
    expect(shop.reassigned).toBeLessThanOrEqual(added.after);
  });

  it('finds nothing to report when nothing changes', async () => {
    const served = new Served(BEFORE);
    const records = heads.slice(0, 500).map((head) => served.serve(head));
    const report = await replayExchanges({
      present: BEFORE,
      proposed: BEFORE,
      healthOf: () => 'healthy',
      records,
    });
    expect(report).toMatchObject({
      total: 500,
      unchanged: 500,
      moved: [],
      newlyDropped: [],
      assumedHealthy: 0,
    });
    expect(report.shares.map(({ reassigned }) => reassigned)).toEqual([0, 0]);
  });

  it('does not tell the backend of a client whom a change of trustedProxies may change', async () => {
    const served = new Served(BEFORE);
    const records = heads.slice(0, 500).map((head) => served.serve(head));
    const proposed = { ...BEFORE, trustedProxies: ['10.0.0.0/8'] };
    const report = await replayExchanges({ present: BEFORE, proposed, healthOf: () => 'healthy', records });
    expect(report.unchanged).toBe(500);
    expect(report.undecided.map(({ why }) => why)).toContain(
      'trustedProxies changes, and with it who counts as the client',
    );
    expect(report.shares.map(({ service }) => service)).toEqual(['api']);
  });

  it('reports an empty log as such', async () => {
    const input = { present: BEFORE, proposed: AFTER, healthOf: () => null, records: [] };
    expect(await replayExchanges(input)).toMatchObject({ total: 0, from: 0, to: 0, unchanged: 0 });
  });
});
