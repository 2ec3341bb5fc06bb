import { Agent, request } from 'node:http';
import { afterAll, expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../support/balanced.js';
import { eventually } from '../support/eventually.js';
import { recorded, storedRecords } from '../support/recorded.js';

const CLIENTS = 20;
const EXCHANGES = 400;

const stage = new Stage();
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
afterAll(() => agent.destroy());

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
}

function ask(port: number, path = '/', headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { port, host: '127.0.0.1', path, agent, headers: { host: 'shop.test', ...headers } },
      (response) => {
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers }));
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

async function askMany(port: number): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: EXCHANGES }, () => ask(port)));
  return answers.map(({ status }) => status);
}

it('of a service on two workers: an exact split, a mirror, and maintenance, changed while it runs', async () => {
  const backends = await stage.backends(3);
  const service = (more: object = {}) => ({
    name: 'shop',
    hosts: ['shop.test'],
    backends: [
      { url: backends[0]!.url, group: 'stable' },
      { url: backends[1]!.url, group: 'canary' },
    ],
    health: STEADY_HEALTH,
    split: { groups: { stable: 95, canary: 5 } },
    headers: { response: { set: { 'X-Served': '{service}' } } },
    mirror: { service: 'next', maxInFlight: 1_000 },
    ...more,
  });
  const next = { name: 'next', hosts: ['next.test'], backends: [backends[2]!.url], health: STEADY_HEALTH };
  const balancer = await stage.balancer(configOf([service(), next]));
  const { trafficPort } = balancer;

  expect(new Set(await askMany(trafficPort))).toEqual(new Set([200]));
  expect((await ask(trafficPort)).headers['x-served']).toBe('shop');
  const records = await recorded(balancer, EXCHANGES + 1, 'service=shop');
  expect(new Set(records.map(({ worker }) => worker))).toEqual(new Set([0, 1]));
  const canary = records.filter(({ group }) => group === 'canary').length;
  expect(Math.abs(canary - (EXCHANGES + 1) * 0.05)).toBeLessThan(1);

  const metrics = async () => (await balancer.api<string>('GET', '/metrics')).body;
  await eventually(async () =>
    expect(await metrics()).toContain(
      `velocity_mirrored_total{service="shop",result="answered"} ${EXCHANGES + 1}\n`,
    ),
  );
  expect(await storedRecords(balancer, 'service=next')).toEqual([]);

  const refused = await balancer.api('DELETE', '/api/v1/services/next');
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(JSON.stringify(refused.body)).toContain('\\"next\\" is no service');
  const shown = await balancer.api<{ backends: { group: string }[] }>('GET', '/api/v1/services/shop');
  expect(shown.body.backends.map(({ group }) => group)).toEqual(['stable', 'canary']);

  const maintained = service({ maintenance: { retryAfter: '2m', allow: ['192.0.2.1'] } });
  expect((await balancer.api('PUT', '/api/v1/services/shop', maintained)).status).toBe(200);
  const answer = await eventually(async () => {
    const found = await ask(trafficPort, '/', { 'X-Forwarded-For': '192.0.2.1' });
    expect(found.status).toBe(503);
    return found;
  });
  expect(answer.headers['retry-after']).toBe('120');
  expect((await balancer.api('PUT', '/api/v1/services/shop', service())).status).toBe(200);
  expect(new Set(await askMany(trafficPort))).toEqual(new Set([200]));
});
