import { describe, expect, it } from 'vitest';
import { QUICK_HEALTH, STEADY_HEALTH, Stage, configOf } from '../support/balanced.js';
import { type Answer, request, runLoad } from '../support/load.js';

const nameOf = (answer: Answer) => (JSON.parse(answer.body) as { port: number }).port;

describe('balancing over worker threads', () => {
  const stage = new Stage();

  it('gives each service its own algorithm by host and path', async () => {
    const [a, b, c] = await stage.backends(3);
    const balancer = await stage.balancer(
      configOf([
        { name: 'shop', hosts: ['shop.test'], backends: [{ url: a!.url }], health: STEADY_HEALTH },
        {
          name: 'shop-api',
          hosts: ['shop.test'],
          paths: ['/status'],
          backends: [{ url: b!.url }],
          health: STEADY_HEALTH,
        },
        { name: 'wild', hosts: ['*.wild.test'], backends: [{ url: c!.url }], health: STEADY_HEALTH },
      ]),
    );
    const port = balancer.trafficPort;
    expect(nameOf(await request({ port, host: 'shop.test' }))).toBe(a!.port);
    expect((await request({ port, host: 'shop.test', path: '/status/204' })).status).toBe(204);
    expect(nameOf(await request({ port, host: 'a.b.wild.test' }))).toBe(c!.port);
    const unknown = await request({ port, host: 'elsewhere.test' });
    expect(unknown.status).toBe(404);
    expect(unknown.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(unknown.body)).toMatchObject({ reason: 'no_route', status: 404 });
  });

  it('shares exactly by weight, over both workers together', async () => {
    const [a, b, c] = await stage.backends(3);
    const balancer = await stage.balancer(
      configOf([
        {
          name: 'shop',
          algorithm: 'weighted-round-robin',
          backends: [
            { url: a!.url, weight: 5 },
            { url: b!.url, weight: 2 },
            { url: c!.url, weight: 1 },
          ],
          health: STEADY_HEALTH,
        },
      ]),
    );
    const counts = new Map<number, number>();
    const tally = await runLoad({
      port: balancer.trafficPort,
      host: 'any',
      connections: 16,
      limit: 800,
      stop: new AbortController().signal,
      onAnswer: (answer) => counts.set(nameOf(answer), (counts.get(nameOf(answer)) ?? 0) + 1),
    });
    expect(tally.statuses).toEqual({ 200: 800 });
    expect([a, b, c].map((one) => counts.get(one!.port))).toEqual([500, 200, 100]);
  });

  it('changes a weight and drains over the API while traffic runs, and loses no exchange', async () => {
    const [a, b] = await stage.backends(2);
    const balancer = await stage.balancer(
      configOf([
        {
          name: 'shop',
          algorithm: 'weighted-round-robin',
          backends: [a!.url, b!.url],
          health: STEADY_HEALTH,
        },
      ]),
    );
    const stop = new AbortController();
    const load = runLoad({
      port: balancer.trafficPort,
      host: 'any',
      path: '/slow/20',
      connections: 8,
      stop: stop.signal,
    });
    const listed = await balancer.api<{ items: { id: string; url: string }[] }>(
      'GET',
      '/api/v1/services/shop/backends',
    );
    const first = listed.body.items.find((backend) => backend.url === a!.url)!;
    const route = `/api/v1/services/shop/backends/${first.id}`;
    expect((await balancer.api('PATCH', route, { weight: 7 })).status).toBe(200);
    expect((await balancer.api('PATCH', route, { state: 'draining' })).status).toBe(200);
    expect((await balancer.api('DELETE', route)).status).toBe(204);
    for (let i = 0; i < 20; i++)
      expect(nameOf(await request({ port: balancer.trafficPort, host: 'any' }))).toBe(b!.port);
    expect((await balancer.api('POST', '/api/v1/services/shop/backends', { url: a!.url })).status).toBe(201);
    const seen = new Set<number>();
    const deadline = Date.now() + 5_000;
    while (seen.size < 2 && Date.now() < deadline)
      seen.add(nameOf(await request({ port: balancer.trafficPort, host: 'any' })));
    expect(seen.size).toBe(2);
    stop.abort();
    const tally = await load;
    expect(Object.keys(tally.statuses)).toEqual(['200']);
  });

  it('takes a sick backend out, and back in, by itself', async () => {
    const [a, b] = await stage.backends(2);
    const balancer = await stage.balancer(
      configOf([{ name: 'shop', backends: [a!.url, b!.url], health: QUICK_HEALTH }]),
    );
    await a!.setHealth(false);
    await balancer.logged((line) => line.msg === 'backend is unhealthy' && line['url'] === a!.url);
    for (let i = 0; i < 10; i++)
      expect(nameOf(await request({ port: balancer.trafficPort, host: 'any' }))).toBe(b!.port);
    await b!.setHealth(false);
    await balancer.logged((line) => line.msg === 'backend is unhealthy' && line['url'] === b!.url);
    const refused = await request({ port: balancer.trafficPort, host: 'any' });
    expect(refused.status).toBe(503);
    expect(JSON.parse(refused.body)).toMatchObject({ reason: 'no_backend' });
    await a!.setHealth(true);
    await balancer.logged(
      (line) =>
        line.msg === 'backend is healthy' && line['previous'] === 'unhealthy' && line['url'] === a!.url,
    );
    expect(nameOf(await request({ port: balancer.trafficPort, host: 'any' }))).toBe(a!.port);
  });
});
