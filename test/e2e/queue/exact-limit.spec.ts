import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { CountingBackend } from '../../support/counting.backend.js';
import { eventually } from '../../support/eventually.js';
import { request, runLoad } from '../../support/load.js';

const REQUESTS = 100_000;
const CLIENTS = 64;
const QUEUE = { size: 1_000, timeout: '60s', shed: 'off' };

interface ServiceBody {
  readonly queue: { readonly running: number; readonly waiting: number };
  readonly backends: readonly { readonly inFlight: number }[];
}

const stage = new Stage();

function shop(balancer: BalancerProcess): Promise<ServiceBody> {
  return balancer.api<ServiceBody>('GET', '/api/v1/services/shop').then(({ body }) => body);
}

function load(balancer: BalancerProcess, limit: number) {
  const stop = new AbortController().signal;
  return runLoad({ port: balancer.trafficPort, host: 'any', connections: CLIENTS, stop, limit });
}

describe('with two workers', () => {
  it(
    'the backend never works on more than maxInFlight of its service, and always on that many under load',
    { timeout: 300_000 },
    async () => {
      const backend = await CountingBackend.start(3);
      const balancer = await stage.balancer(
        configOf([
          { name: 'shop', backends: [backend.url], health: STEADY_HEALTH, maxInFlight: 5, queue: QUEUE },
        ]),
      );
      const tally = await load(balancer, REQUESTS);
      expect(tally.statuses).toEqual({ 200: REQUESTS });
      expect([backend.total, backend.most]).toEqual([REQUESTS, 5]);
      await eventually(async () => expect((await shop(balancer)).queue).toEqual({ running: 0, waiting: 0 }));
      const route = '/api/v1/access-logs?limit=1000';
      await eventually(async () => {
        const { body } = await balancer.api<{ items: { worker: number }[] }>('GET', route);
        expect(new Set(body.items.map(({ worker }) => worker)).size).toBe(2);
      });
    },
  );

  it.each(['round-robin', 'least-connections', 'random'])(
    'no backend ever works on more than its own maxInFlight: %s',
    { timeout: 300_000 },
    async (algorithm) => {
      const [own, inherited] = [await CountingBackend.start(2), await CountingBackend.start(5)];
      const balancer = await stage.balancer(
        configOf([
          {
            name: 'shop',
            algorithm,
            backends: [{ url: own.url, maxInFlight: 2 }, { url: inherited.url }],
            health: STEADY_HEALTH,
            maxInFlightPerBackend: 4,
            queue: QUEUE,
          },
        ]),
      );
      const requests = REQUESTS / 20;
      const tally = await load(balancer, requests);
      expect(tally.statuses).toEqual({ 200: requests });
      expect(own.total + inherited.total).toBe(requests);
      expect([own.most, inherited.most]).toEqual([2, 4]);
      await eventually(async () => expect((await shop(balancer)).queue.waiting).toBe(0));
    },
  );

  it('a worker that dies gives its permits and places back', async () => {
    const backend = await stage.backend();
    const preload = path.resolve(import.meta.dirname, '../../support/crash-preload.mjs');
    const balancer = await stage.balancer(
      configOf([
        { name: 'shop', backends: [backend.url], health: STEADY_HEALTH, maxInFlight: 16, queue: QUEUE },
      ]),
      { env: { NODE_OPTIONS: `--import ${preload}` } },
    );
    const { trafficPort: port } = balancer;
    const slow = Array.from({ length: 32 }, () => request({ port, host: 'any', path: '/slow/3000' }));
    await eventually(async () => expect((await shop(balancer)).queue).toEqual({ running: 16, waiting: 16 }));
    balancer.child.kill('SIGUSR2');
    const died = await balancer.logged((line) => line.msg === 'worker ended unexpectedly and is replaced');
    const lost = Number(died['lostExchanges']);
    const statuses = (await Promise.all(slow)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 0)).toHaveLength(lost);
    expect(statuses.filter((status) => status === 200)).toHaveLength(32 - lost);
    await eventually(async () => expect((await shop(balancer)).queue).toEqual({ running: 0, waiting: 0 }));
    const after = await Promise.all(
      Array.from({ length: 16 }, () => request({ port, host: 'any', path: '/slow/100' })),
    );
    expect(after.map(({ status }) => status)).toEqual(Array(16).fill(200));
  });
});
