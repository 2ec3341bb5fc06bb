import { afterAll, describe, expect, it } from 'vitest';
import type { AccessLogRecord } from '../../../src/common/contract/index.js';
import type { Plan, ReplayReport } from '../../../src/modules/changes/index.js';
import { configOf, Stage } from '../../support/balanced.js';
import { seededRandom } from '../../support/balancer.fixture.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { Origin } from '../../support/origin.js';
import { RawClient } from '../../support/raw-client.js';
import { valueOf } from '../../support/raw-message.js';
import { recorded } from '../../support/recorded.js';

const EXCHANGES = 10_000;
const CLIENTS = 12;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const HOSTS = [
  'shop.test',
  'SHOP.test:8000',
  'shop.test.',
  'shop.test..',
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
  '%41.test',
  'bücher.test',
];
/** Hosts that have a service from the start. Only there a request can have come before: what finds none is not passed on. */
const ROUTED: ReadonlySet<string> = new Set(['shop.test', 'SHOP.test:8000', 'shop.test.', 'a.wild.test']);
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
  '/a#b',
  '/a b',
  `/${'long/'.repeat(2e3)}`,
];
/** Bound by what is in flight, they would depend on more than their key. */
const BY_CLIENT = { name: 'ip-hash', boundedLoad: 'off' };
const BY_URL = { name: 'url-hash', boundedLoad: 'off' };
const METHODS = [
  'GET',
  'GET',
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'PROPFIND',
  'M-SEARCH',
  'get',
];

interface Sent {
  readonly method: string;
  readonly head: string;
}

/** The number in `User-Agent` is what tells an exchange in the log. */
function exchangesOf(pseudonym: string): Sent[] {
  const random = seededRandom(11);
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  return Array.from({ length: EXCHANGES }, (_, index) => {
    const method = oneOf(METHODS);
    const form = random();
    const path = oneOf(PATHS);
    const target = form < 0.05 ? `http://${oneOf(HOSTS) || 'shop.test'}${path}` : form < 0.08 ? '*' : path;
    const version = random() < 0.05 ? 'HTTP/1.0' : 'HTTP/1.1';
    const hostOf = oneOf(HOSTS);
    const host = `Host: ${hostOf}\r\n`;
    const hosts = random() < 0.02 ? oneOf(['', host + host]) : host;
    const client = `X-Forwarded-For: 192.0.2.${Math.floor(random() * 250)}\r\n`;
    const via = ROUTED.has(hostOf) && form >= 0.08 && random() < 0.1 ? `Via: 1.1 ${pseudonym}\r\n` : '';
    const head = `${method} ${target} ${version}\r\n${hosts}${via}${client}User-Agent: n${index}\r\nContent-Length: 0\r\n\r\n`;
    return { method, head };
  });
}

/** Sends them all, several at a time, each over a connection that is still good. */
async function sendAll(port: number, exchanges: readonly Sent[]): Promise<void> {
  const queue = exchanges.values();
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      let client: RawClient | null = null;
      for (const { method, head } of queue) {
        client ??= await RawClient.connect(port);
        const response = await client.ask(head, method);
        const stays = valueOf(response, 'connection') !== 'close' && !head.includes('HTTP/1.0');
        if (stays) continue;
        client.close();
        client = null;
      }
      client?.close();
    }),
  );
}

/** The newest records as the log has them, once all that were sent are stored. */
async function newest(balancer: BalancerProcess, stored: number): Promise<readonly AccessLogRecord[]> {
  return (await recorded(balancer, stored)).slice(0, EXCHANGES);
}

const outcomeOf = ({ service, dropReason }: AccessLogRecord) =>
  `${dropReason ?? 'served'} by ${String(service)}`;

/** Every transition with its count, as the plan foretells it. */
function predicted(report: ReplayReport): Record<string, number> {
  const groups: [string, string, number][] = [
    ...report.moved.map(({ from, to, count }): [string, string, number] => [
      `served by ${from}`,
      `served by ${to}`,
      count,
    ]),
    ...report.newlyDropped.map(({ reason, from, to, count }): [string, string, number] => [
      `served by ${from}`,
      `${reason} by ${String(to)}`,
      count,
    ]),
    ...report.noLongerDropped.map(({ reason, from, to, count }): [string, string, number] => [
      `${reason} by ${String(from)}`,
      `served by ${to}`,
      count,
    ]),
    ...report.droppedOtherwise.map(({ from, to, count }): [string, string, number] => [
      `${from.reason} by ${String(from.service)}`,
      `${to.reason} by ${String(to.service)}`,
      count,
    ]),
  ];
  return Object.fromEntries(groups.map(([from, to, count]) => [`${from} -> ${to}`, count]));
}

/** The same as it came. Heads that are no HTTP are recorded without their number: their outcome must be one of its own. */
function happened(before: readonly AccessLogRecord[], after: readonly AccessLogRecord[]) {
  const changes: Record<string, number> = {};
  const found = new Map(after.map((record) => [record.userAgent, record]));
  const unread = (records: readonly AccessLogRecord[]) => records.filter(({ userAgent }) => userAgent === '');
  let unchanged = unread(before).length;
  expect(unread(after).map(outcomeOf).sort()).toEqual(unread(before).map(outcomeOf).sort());
  for (const record of before) {
    if (record.userAgent === '') continue;
    const [from, to] = [outcomeOf(record), outcomeOf(found.get(record.userAgent)!)];
    if (from === to) unchanged++;
    else changes[`${from} -> ${to}`] = (changes[`${from} -> ${to}`] ?? 0) + 1;
  }
  return { changes, unchanged };
}

describe('a plan', () => {
  const stage = new Stage();
  const origins: Origin[] = [];
  afterAll(() => Promise.all(origins.map((origin) => origin.stop())));

  const health = { type: 'none' };
  async function backends(count: number): Promise<string[]> {
    const started = await Promise.all(Array.from({ length: count }, () => Origin.answering(OK)));
    origins.push(...started);
    return started.map(({ port }) => `http://127.0.0.1:${port}`);
  }

  it('foretells routes and drops of ten thousand exchanges as they then come, in less than two seconds', async () => {
    const [a, b, c, d] = (await backends(4)) as [string, string, string, string];
    const before = [
      { name: 'shop', hosts: ['shop.test', '[::1]'], backends: [a, b, c], algorithm: BY_CLIENT, health },
      {
        name: 'api',
        hosts: ['shop.test'],
        paths: ['/api', '/v1/'],
        backends: [b, c],
        algorithm: BY_URL,
        health,
      },
      { name: 'wild', hosts: ['*.wild.test'], backends: [a], algorithm: 'sticky-round-robin', health },
      { name: 'empty', hosts: ['empty.test'], backends: [], health },
    ];
    const after = [
      { name: 'shop', hosts: ['shop.test'], backends: [a, b, c, d], algorithm: BY_CLIENT, health },
      { name: 'shop-v2', hosts: ['shop.test'], paths: ['/api/v2', '/cart'], backends: [d], health },
      { name: 'api', hosts: ['shop.test'], paths: ['/api'], backends: [b, d], algorithm: BY_URL, health },
      { name: 'wild', hosts: ['*.b.wild.test'], backends: [], algorithm: 'sticky-round-robin', health },
      { name: 'empty', hosts: ['empty.test'], backends: [d], health },
      { name: 'rest', paths: ['/fallback'], backends: [{ url: a, state: 'disabled' }], health },
    ];
    const balancer = await stage.balancer(configOf(before, { trustedProxies: ['127.0.0.1'] }));
    const port = balancer.trafficPort;
    const exchanges = exchangesOf(await pseudonymOf(port, origins));

    await sendAll(port, exchanges);
    const first = await newest(balancer, EXCHANGES + 1);
    const proposed = { trustedProxies: ['127.0.0.1'], services: after };
    let durationMs = Infinity;
    let plan!: Plan;
    // The best of three: a machine that does other things at the moment says nothing about the replay.
    for (let round = 0; round < 3 && durationMs >= 2_000; round++) {
      const startedMs = performance.now();
      const answer = await balancer.api<Plan>('POST', '/api/v1/plan?mode=replace&replay=10000', proposed);
      durationMs = performance.now() - startedMs;
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      plan = answer.body;
    }
    expect(durationMs).toBeLessThan(2_000);
    const report = plan.replay!;
    expect(report).toMatchObject({ total: EXCHANGES, limited: 0 });
    expect(report.undecided.filter(({ what }) => what === 'outcome')).toEqual([]);

    expect((await balancer.api('POST', '/api/v1/apply?mode=replace', proposed)).status).toBe(200);
    await sendAll(port, exchanges);
    const second = await newest(balancer, 2 * EXCHANGES + 1);
    const reality = happened(first, second);
    expect(predicted(report)).toEqual(reality.changes);
    expect(report.unchanged).toBe(reality.unchanged);
    expect(backendsOf(first, report, 'before')).toEqual(backendsIn(report, 'before'));
    expect(backendsOf(second, report, 'after')).toEqual(backendsIn(report, 'after'));
    // Of everything that can change, something did.
    const kinds = new Set(second.map(({ dropReason }) => String(dropReason)));
    expect([...kinds].sort()).toEqual([
      'bad_request',
      'loop_detected',
      'no_backend',
      'no_route',
      'null',
      'uri_too_long',
    ]);
    for (const group of [
      report.moved,
      report.newlyDropped,
      report.noLongerDropped,
      report.droppedOtherwise,
    ]) {
      expect(group.length).toBeGreaterThan(0);
    }
  }, 120_000);
});

/** What the balancer calls itself towards backends: a request that carries it is a loop. */
async function pseudonymOf(port: number, origins: readonly Origin[]): Promise<string> {
  const client = await RawClient.connect(port);
  await client.ask('GET /api HTTP/1.1\r\nHost: shop.test\r\n\r\n');
  client.close();
  const [request] = origins.flatMap(({ requests }) => requests);
  return valueOf(request!, 'via')!.split(' ')[1]!;
}

/** How many exchanges each backend got, of services whose algorithm goes by a key. */
function backendsOf(records: readonly AccessLogRecord[], report: ReplayReport, side: 'before' | 'after') {
  const counts: Record<string, number> = {};
  for (const { service, backends } of report.shares) {
    for (const backend of backends) {
      if (backend[side] !== null) counts[`${service} ${backend.id}`] = 0;
    }
    for (const record of records) {
      if (record.service !== service || record.dropReason !== null) continue;
      counts[`${service} ${record.backend!}`]! += 1;
    }
  }
  return counts;
}

function backendsIn(report: ReplayReport, side: 'before' | 'after') {
  return Object.fromEntries(
    report.shares.flatMap(({ service, backends }) =>
      backends.map((backend) => [`${service} ${backend.id}`, backend[side]]),
    ),
  );
}
