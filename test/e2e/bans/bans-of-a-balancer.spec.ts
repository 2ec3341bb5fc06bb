import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { eventually } from '../../support/eventually.js';
import { request } from '../../support/load.js';

const COUNT = 20;
/** What is banned or lifted works everywhere in two seconds, on a machine that has time for it. */
const SPREAD_MS = 10_000;

interface BanItem {
  readonly cidr: string;
  readonly rule: string;
  readonly offences: number;
  readonly createdAt: number;
  readonly expiresAt: number;
}

const stage = new Stage();

/** A balancer of two workers that believes the loopback who the client is. */
async function start(rule: object, more: object = {}): Promise<BalancerProcess> {
  const backend = await stage.backend();
  const service = { name: 'shop', hosts: ['shop.test'], backends: [backend.url], health: STEADY_HEALTH };
  return stage.balancer(
    configOf([service], {
      trustedProxies: ['127.0.0.1'],
      bans: [{ name: 'scans', when: [404], count: COUNT, ...rule }],
      ...more,
    }),
  );
}

/** The status that a client gets, on a connection of its own: either worker may take it. */
async function statusFor(
  { trafficPort }: BalancerProcess,
  client: string,
  host = 'nobody.test',
): Promise<number> {
  const headers = { 'x-forwarded-for': client };
  return (await request({ port: trafficPort, host, headers })).status;
}

/** So many answers on so many connections: both workers are among those who gave them. */
function statusesFor(balancer: BalancerProcess, client: string, host?: string): Promise<number[]> {
  return Promise.all(Array.from({ length: 16 }, () => statusFor(balancer, client, host)));
}

async function bansOf(balancer: BalancerProcess): Promise<readonly BanItem[]> {
  return (await balancer.api<{ items: BanItem[] }>('GET', '/api/v1/bans')).body.items;
}

async function offend(balancer: BalancerProcess, client: string, times = COUNT): Promise<void> {
  for (let sent = 0; sent < times; sent++) expect(await statusFor(balancer, client)).toBe(404);
}

it('bans a client that got 20 times 404 on both workers, and nobody else, and says so everywhere', async () => {
  const balancer = await start({ duration: '1h' });
  await offend(balancer, '203.0.113.7', COUNT - 1);
  await offend(balancer, '203.0.113.8', COUNT - 1);
  expect(await bansOf(balancer)).toEqual([]);
  await offend(balancer, '203.0.113.7', 1);
  await eventually(async () =>
    expect(await statusesFor(balancer, '203.0.113.7', 'shop.test')).toEqual(Array(16).fill(403)),
  );
  expect(await statusesFor(balancer, '203.0.113.8', 'shop.test')).toEqual(Array(16).fill(200));
  expect(await bansOf(balancer)).toMatchObject([{ cidr: '203.0.113.7', rule: 'scans', offences: 1 }]);
  await balancer.logged((line) => line['event'] === 'banned' && line['network'] === '203.0.113.7');
  const audit = await balancer.api<{ items: object[] }>('GET', '/api/v1/audit-logs?action=ban');
  expect(audit.body.items).toMatchObject([
    {
      actor: 'rule scans',
      resource: '/api/v1/bans/203.0.113.7',
      outcome: 'done',
      note: expect.stringMatching(/^20 times /),
    },
  ]);
  const check = await balancer.api('GET', '/api/v1/bans/check?address=203.0.113.7');
  expect(check.body).toMatchObject({ verdict: 'blocked', reason: expect.stringContaining('the rule scans') });

  // Lifted, it is served again soon.
  expect((await balancer.api('DELETE', '/api/v1/bans/203.0.113.7')).status).toBe(204);
  await eventually(
    async () => expect(await statusesFor(balancer, '203.0.113.7', 'shop.test')).toEqual(Array(16).fill(200)),
    SPREAD_MS,
  );
});

it('serves a client again when its ban is over, and bans it for twice as long when it offends again', async () => {
  const balancer = await start({ window: '3s', duration: '3s' });
  const told = () => balancer.log.filter(({ event }) => event === 'banned');
  while (told().length === 0) await statusFor(balancer, '2001:db8::1');
  expect(told()).toMatchObject([{ network: '2001:db8::/64', offences: 1 }]);
  // In this order: workers learn of the ban a moment after it is told, and serve the client until then.
  await eventually(async () => expect(await bansOf(balancer)).toEqual([]));
  await eventually(async () =>
    expect(await statusesFor(balancer, '2001:db8::2', 'shop.test')).toEqual(Array(16).fill(200)),
  );
  while (told().length === 1) await statusFor(balancer, '2001:db8::3');
  const [ban] = await bansOf(balancer);
  expect(ban).toMatchObject({ cidr: '2001:db8::/64', offences: 2 });
  expect(ban!.expiresAt - ban!.createdAt).toBe(6_000);
});

it('keeps nobody out in shadow, and records who would be', async () => {
  const balancer = await start({ mode: 'shadow' });
  await offend(balancer, '203.0.113.7');
  await balancer.logged((line) => line['event'] === 'ban-in-shadow');
  await eventually(async () => {
    expect(await statusFor(balancer, '203.0.113.7', 'shop.test')).toBe(200);
    const { body } = await balancer.api<{ items: { shadowReason: string | null }[] }>(
      'GET',
      '/api/v1/access-logs?status=200&limit=1',
    );
    expect(body.items).toMatchObject([{ shadowReason: 'blocked', dropReason: null }]);
  });
});

it('never bans this machine by rule, and closes who is banned by hand at accept', async () => {
  const balancer = await start({}, { trustedProxies: [] });
  await offend(balancer, '203.0.113.7', COUNT + 1);
  await balancer.logged((line) => line.msg?.startsWith('not banned: 127.0.0.1') === true);
  const ban = (force: boolean) => balancer.api('POST', '/api/v1/bans', { cidr: '127.0.0.2', force });
  expect(await ban(false)).toMatchObject({ status: 409, body: { code: 'BAN_REFUSED' } });
  expect(await ban(true)).toMatchObject({ status: 201 });
  const answer = (localAddress: string) => answerTo(balancer.trafficPort, localAddress);
  await eventually(async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => answer('127.0.0.2')));
    expect(answers).toEqual(Array(16).fill(''));
  }, SPREAD_MS);
  expect(await answer('127.0.0.3')).toMatch(/^HTTP\/1\.1 200 /);
  expect((await balancer.api('DELETE', '/api/v1/bans?cidr=127.0.0.2')).status).toBe(204);
  await eventually(async () => expect(await answer('127.0.0.2')).toMatch(/^HTTP\/1\.1 200 /), SPREAD_MS);
});

it('refuses at the second balancer on a store whom the first one banned, and serves whom it freed', async () => {
  const first = await start({});
  const storage = { driver: 'sqlite', path: `${first.dir}/data/velocity.db` };
  const second = await start({}, { storage });
  await offend(first, '203.0.113.7');
  await eventually(async () => expect(await statusFor(second, '203.0.113.7', 'shop.test')).toBe(403));
  const made = await second.api('POST', '/api/v1/bans', { cidr: '203.0.113.64/26', for: '1h' });
  expect(made.status).toBe(201);
  await eventually(
    async () => expect(await statusFor(first, '203.0.113.65', 'shop.test')).toBe(403),
    SPREAD_MS,
  );
  await second.api('DELETE', '/api/v1/bans/203.0.113.7');
  await eventually(
    async () => expect(await statusFor(first, '203.0.113.7', 'shop.test')).toBe(200),
    SPREAD_MS,
  );
  // A ban outlives the balancer, and is there with the first request to the next one.
  await first.stop('SIGKILL');
  expect(await statusFor(second, '203.0.113.65', 'shop.test')).toBe(403);
  const third = await start({}, { storage });
  expect(await statusFor(third, '203.0.113.65', 'shop.test')).toBe(403);
});

/** What a request from this address of the loopback is answered; empty: the connection was closed at once. */
async function answerTo(port: number, localAddress: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n');
  await once(socket, 'close');
  return text;
}
