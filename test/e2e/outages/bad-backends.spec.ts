import { Agent, request } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { configOf, Stage } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { eventually } from '../../support/eventually.js';
import { FAILING, OK, Origin } from '../../support/origin.js';

const CLIENTS = 16;
/** As by default; of any ten seconds. */
const BUDGET = { share: '20%', minPerSecond: 3 };
const BUDGET_WINDOW_MS = 10_000;

const stage = new Stage();

interface ShownBackend {
  readonly url: string;
  readonly breaker: string;
  readonly available: boolean;
  readonly ejectedUntil: number | null;
}

function get(port: number, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path: '/', agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode!));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** `count` GET requests over connections to both workers; their statuses. */
async function load(balancer: BalancerProcess, count: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const statuses: number[] = [];
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let index = client; index < count; index += CLIENTS)
      statuses.push(await get(balancer.trafficPort, agent));
  });
  await Promise.all(clients);
  agent.destroy();
  return statuses;
}

async function fourBackends() {
  const failing = await Origin.answering(FAILING);
  const hanging = await Origin.start(async (connection) => {
    for (;;) await connection.request();
  });
  const refusing = await Origin.refusing();
  const fine = await Origin.answering(OK);
  const origins = [failing, hanging, refusing, fine];
  onTestFinished(async () => {
    await Promise.all(origins.map((origin) => origin.stop()));
  });
  return { failing, hanging, refusing, fine, urls: origins.map(({ port }) => `http://127.0.0.1:${port}`) };
}

const backendsOf = async (balancer: BalancerProcess) =>
  (await balancer.api<{ items: ShownBackend[] }>('GET', '/api/v1/services/shop/backends')).body.items;

/** Tries at all backends together. */
async function attemptsOf(balancer: BalancerProcess): Promise<number> {
  const metrics = (await balancer.api<string>('GET', '/metrics')).body;
  const counts = Array.from(metrics.matchAll(/^velocity_backend_attempts_total\{.*\} (\d+)$/gm));
  expect(counts).toHaveLength(4);
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

it('lets clients see no error after the breakers of one that fails, one that hangs and one that refuses have opened', async () => {
  const { failing, hanging, fine, urls } = await fourBackends();
  const balancer = await stage.balancer(
    configOf([
      {
        name: 'shop',
        backends: urls,
        health: { type: 'none' },
        timeouts: { response: '250ms' },
        ejection: 'off',
        circuitBreaker: { minimum: 10, open: '1m', per: 'backend' },
        retries: { statuses: [500], budget: BUDGET },
      },
    ]),
  );
  const startedMs = performance.now();
  const before = await load(balancer, 160);
  // More fail at first than the budget can repeat: it is what keeps the others from three times the load.
  expect(before.some((status) => status >= 500)).toBe(true);
  const shown = await backendsOf(balancer);
  expect(shown.map(({ breaker }) => breaker)).toEqual(['open', 'open', 'open', 'closed']);
  expect(shown.map(({ available }) => available)).toEqual([false, false, false, true]);
  const asked = [failing.requests.length, hanging.requests.length];
  expect(new Set(await load(balancer, 800))).toEqual(new Set([200]));
  expect([failing.requests.length, hanging.requests.length]).toEqual(asked);
  expect(fine.requests.length).toBeGreaterThan(800);
  const windows = Math.ceil((performance.now() - startedMs) / BUDGET_WINDOW_MS);
  const extra = (await attemptsOf(balancer)) - 960;
  expect(extra).toBeGreaterThan(0);
  expect(extra).toBeLessThanOrEqual(0.2 * 960 + windows * BUDGET.minPerSecond * 10);

  // Whoever looks after it can see why.
  const opened = balancer.log.filter(({ event }) => event === 'breaker-opened');
  expect(opened.map(({ url }) => url).toSorted()).toEqual(urls.slice(0, 3).toSorted());
  const metrics = (await balancer.api<string>('GET', '/metrics')).body;
  expect(metrics.match(/^velocity_breaker_state\{.*\} 2$/gm)).toHaveLength(3);
  expect(metrics.match(/^velocity_breaker_openings_total\{.*\} 1$/gm)).toHaveLength(3);
  await eventually(async () => {
    const { body } = await balancer.api<{ items: object[] }>('GET', '/api/v1/health-logs?kind=breaker');
    expect(body.items).toHaveLength(3);
  });
  const returned = await balancer.api<{ backends: ShownBackend[] }>('POST', '/api/v1/services/shop/return');
  expect(returned.body.backends.every(({ available }) => available)).toBe(true);
});

it('ejects those that fail in a row by default, never more than half, and tells it', async () => {
  const { urls } = await fourBackends();
  const balancer = await stage.balancer(
    configOf([{ name: 'shop', backends: urls, health: { type: 'none' }, timeouts: { response: '250ms' } }]),
  );
  await load(balancer, 320);
  const shown = await backendsOf(balancer);
  const ejected = shown.filter(({ ejectedUntil }) => ejectedUntil !== null);
  expect(ejected).toHaveLength(2);
  for (const { ejectedUntil } of ejected) expect(ejectedUntil! - Date.now()).toBeLessThanOrEqual(30_000);
  expect(balancer.log.filter(({ event }) => event === 'backend-ejected')).toHaveLength(2);
});

it('gives an ejected backend back by time, also where no traffic asks', async () => {
  const refusing = await Origin.refusing();
  const fine = await Origin.answering(OK);
  onTestFinished(() => fine.stop());
  const balancer = await stage.balancer(
    configOf([
      {
        name: 'shop',
        backends: [refusing, fine].map(({ port }) => `http://127.0.0.1:${port}`),
        health: { type: 'none' },
        ejection: { consecutive: 1, base: '500ms' },
      },
    ]),
  );
  expect(new Set(await load(balancer, 32))).toEqual(new Set([200]));
  await eventually(async () => {
    expect((await backendsOf(balancer)).map(({ available }) => available)).toEqual([true, true]);
    expect(balancer.log.some(({ event }) => event === 'backend-returned')).toBe(true);
  });
});
