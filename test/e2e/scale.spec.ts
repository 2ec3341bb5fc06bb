import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage, configOf } from '../support/balanced.js';
import { request } from '../support/load.js';
import { manyServices } from '../support/many-services.js';

interface Backend {
  readonly id: string;
  readonly weight: number;
}

describe('10,000 backends in 1,000 services', () => {
  const stage = new Stage();
  const origin = http.createServer((message, response) => response.end(message.socket.localAddress));
  beforeAll(async () => {
    origin.listen(0, '0.0.0.0');
    await once(origin, 'listening');
  });
  afterAll(() => {
    origin.closeAllConnections();
    origin.close();
  });

  it('are loaded, probed and served; changing one leaves the others alone, also over a restart', async () => {
    const config = configOf(manyServices((origin.address() as AddressInfo).port));
    const balancer = await stage.balancer(config);
    const served = async (service: number) =>
      (await request({ port: balancer.trafficPort, host: `service-${service}.test` })).body;
    const seen = new Set<string>();
    for (let service = 0; service < 1_000; service += 37) seen.add(await served(service));
    expect(seen.size).toBe(28);
    expect(await served(1_000)).toContain('no_route');

    const route = '/api/v1/services/service-700/backends';
    const before = await balancer.api<{ items: Backend[] }>('GET', route);
    const changed = before.body.items[3]!;
    expect((await balancer.api('PATCH', `${route}/${changed.id}`, { weight: 7 })).status).toBe(200);
    const revisions = await balancer.api<{ items: { changes: string[] }[] }>(
      'GET',
      '/api/v1/revisions?limit=1',
    );
    expect(revisions.body.items[0]!.changes).toHaveLength(1);
    expect(await balancer.stop()).toBe(0);

    const again = await stage.balancer(config, { dir: balancer.dir });
    const after = await again.api<{ items: Backend[] }>('GET', route);
    expect(after.body.items.map(({ weight }) => weight)).toEqual([1, 1, 1, 7, 1, 1, 1, 1, 1, 1]);
  });
});
