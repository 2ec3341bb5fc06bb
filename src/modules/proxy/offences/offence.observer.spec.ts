import { expect, it } from 'vitest';
import { NO_GLOBALS } from '../../../common/contract/policies/index.js';
import {
  type BanRuleSettings,
  type DropReason,
  type OffenceEvent,
  RATE_LIMIT_BUCKETS,
  SharedMemory,
} from '../../../common/contract/index.js';
import { snapshotOf } from '../../../../test/support/balancer.fixture.js';
import { Exchange } from '../exchange.js';
import { LimitKey } from '../policies/rate-limit/limit-key.js';
import { LimitTable } from '../policies/rate-limit/limit.table.js';
import { MAX_OFFENCES, OffenceCounts } from './offence.counts.js';
import { OffenceObserver } from './offence.observer.js';

const RULE: BanRuleSettings = {
  name: 'scans',
  statuses: [[404, 404]],
  reasons: ['rate_limited'],
  count: 3,
  windowMs: 1_000,
  durationMs: 60_000,
  shadow: false,
};

/** Some workers of one memory, and what they told. */
function workers(count: number, ...rules: readonly BanRuleSettings[]) {
  const memory = new SharedMemory({ workers: count, backendCapacity: 1, serviceCapacity: 1 });
  const told: OffenceEvent[] = [];
  const observers = Array.from({ length: count }, (_, worker) => {
    const observer = new OffenceObserver(memory, worker, (event) => void told.push(event as OffenceEvent));
    observer.use(snapshotOf([], { globals: { ...NO_GLOBALS, bans: rules } }));
    return observer;
  });
  const end = (worker: number, client: string, how: { status?: number; reason?: DropReason }, ms = 100) => {
    const exchange = new Exchange(
      { lane: 'wire', attempt: () => undefined, park: () => undefined, refuse: () => undefined },
      {
        method: 'GET',
        target: '/',
        protocol: 'HTTP/1.1',
        rawHeaders: [],
        hostCount: 1,
        peer: client,
        localPort: 80,
        isSecure: false,
        header: () => undefined,
      },
    );
    exchange.status = how.status ?? 0;
    exchange.dropReason = how.reason ?? null;
    observers[worker]!.finished(exchange, ms);
  };
  return { memory, told, end };
}

it('tells once in a window when a client has done it often enough, whichever worker served it', () => {
  const { told, end } = workers(2, RULE);
  end(0, '192.0.2.1', { status: 404 });
  end(1, '192.0.2.1', { status: 404 });
  end(1, '192.0.2.2', { status: 404 });
  end(0, '192.0.2.1', { status: 200 });
  expect(told).toEqual([]);
  end(1, '192.0.2.1', { status: 429, reason: 'rate_limited' });
  expect(told).toEqual([
    { kind: 'offence', rule: RULE, client: '192.0.2.1', last: 'rate_limited', service: '' },
  ]);
  for (let more = 0; more < 10; more++) end(0, '192.0.2.1', { status: 404 });
  expect(told).toHaveLength(1);
});

it('begins a new window with the first one after the end of the last', () => {
  const { told, end } = workers(1, RULE);
  for (const ms of [100, 600, 1_099]) end(0, '192.0.2.1', { status: 404 }, ms);
  expect(told).toHaveLength(1);
  for (const ms of [1_100, 1_500]) end(0, '192.0.2.1', { status: 404 }, ms);
  expect(told).toHaveLength(1);
  end(0, '192.0.2.1', { status: 404 }, 2_099);
  expect(told).toHaveLength(2);
});

it('takes an IPv6 network of 64 bits for one client, and an IPv4 address for itself in both forms', () => {
  const { told, end } = workers(1, RULE);
  for (const host of ['1', '2:3:4', 'ffff']) end(0, `2001:db8::${host}`, { status: 404 });
  end(0, '2001:db8:0:1::1', { status: 404 });
  for (const client of ['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1']) end(0, client, { status: 404 });
  expect(told.map(({ client }) => client)).toEqual(['2001:db8::ffff', '192.0.2.1']);
});

it.each([
  [{ status: 403, reason: 'blocked' }, 'is blocked'],
  [{ status: 404, reason: 'maintenance' }, 'asks while the service is maintained'],
  [{ status: 404, reason: 'redirected' }, 'is redirected'],
  [{ status: 499, reason: 'no_backend' }, 'finds no backend'],
] as const)('does not count %j: nobody is banned who %s', (how, _who) => {
  const all = { ...RULE, count: 1, statuses: [[200, 499]] } as const;
  const { told, end } = workers(1, all);
  end(0, '192.0.2.1', how);
  expect(told).toEqual([]);
  end(0, '192.0.2.1', { status: 404, reason: 'no_route' });
  expect(told).toHaveLength(1);
});

it('counts rules apart, and what is no address not at all', () => {
  const { told, end } = workers(1, { ...RULE, count: 1 }, { ...RULE, name: 'more', count: 2 });
  end(0, '', { status: 404 });
  expect(told).toEqual([]);
  end(0, '192.0.2.1', { status: 404 });
  end(0, '192.0.2.1', { status: 404 });
  expect(told.map(({ rule }) => rule.name)).toEqual(['scans', 'more']);
});

it('counts exactly up to its maximum at any time of a machine that runs for ten years', () => {
  const { memory } = workers(1);
  const counts = new OffenceCounts(memory.rateLimits, 0);
  const key = new LimitKey(memory.rateLimits.seeds);
  key.begin();
  key.end();
  const nowMs = 10 * 365 * 86_400_000 + 0.123;
  for (let expected = 1; expected <= MAX_OFFENCES; expected++) {
    const count = counts.count(key, nowMs + expected / 10, 1_000);
    if (count !== expected) expect(count).toBe(expected);
  }
  expect(counts.count(key, nowMs + 999, 1_000)).toBe(MAX_OFFENCES);
  expect(counts.count(key, nowMs + 1_001, 1_000)).toBe(1);
  // The rule's window was made shorter: the one that runs is of another rule.
  expect(counts.count(key, nowMs + 1_002, 100)).toBe(1);
});

it('is bounded: a crowd of clients pushes out those whose window ended first, and limits that are whole again', () => {
  const { memory } = workers(1);
  const counts = new OffenceCounts(memory.rateLimits, 0);
  const limits = new LimitTable(memory.rateLimits, 0);
  const key = new LimitKey(memory.rateLimits.seeds);
  const at = (low: number) => {
    key.begin();
    key.end();
    key.bucket = 7 + RATE_LIMIT_BUCKETS * low;
    key.low = low | 1;
    key.high = low;
    return key;
  };
  expect(limits.take(at(1_000), 100, 50, 1)).toBe(0);
  for (let client = 0; client < 8; client++) counts.count(at(2 * client), 200 + client, 1_000);
  for (let client = 0; client < 8; client++) expect(counts.count(at(2 * client), 300, 1_000)).toBe(2);
  counts.count(at(16), 300, 1_000);
  expect(counts.count(at(14), 300, 1_000)).toBe(3);
  expect(counts.count(at(0), 300, 1_000)).toBe(1);
});
