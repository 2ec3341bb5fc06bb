import { WebSocket } from 'ws';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Stage, STEADY_HEALTH, configOf } from '../support/balanced.js';
import { request } from '../support/load.js';

describe('workers: inline', () => {
  const stage = new Stage();

  it('serves through the Nest application itself: routes, balances, upgrades, logs', async () => {
    const [a, b] = await stage.backends(2);
    const balancer = await stage.balancer(
      configOf([{ name: 'shop', hosts: ['shop.test'], backends: [a!.url, b!.url], health: STEADY_HEALTH }], {
        workers: 'inline',
      }),
    );
    const port = balancer.trafficPort;
    const ports = new Set<number>();
    for (let i = 0; i < 4; i++) {
      const answer = await request({ port, host: 'shop.test' });
      ports.add((JSON.parse(answer.body) as { port: number }).port);
      expect(answer.headers['x-powered-by']).toBeUndefined();
    }
    expect(ports).toEqual(new Set([a!.port, b!.port]));
    const echoed = await request({
      port,
      host: 'shop.test',
      path: '/echo',
      method: 'POST',
      body: '{"raw":1}',
    });
    expect(echoed.body).toBe('{"raw":1}');
    expect((await request({ port, host: 'other.test' })).status).toBe(404);

    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: { host: 'shop.test' } });
    await once(socket, 'open');
    socket.send('hello');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(message.toString()).toContain('hello');
    socket.close();
    await once(socket, 'close');

    const status = await balancer.idle<{ mode: string; ledger: { inFlight: number } }>();
    expect(status).toMatchObject({
      mode: 'inline',
      ledger: { received: 7, forwarded: 6, dropped: 1, inFlight: 0 },
    });
    expect(await balancer.stop()).toBe(0);
  });
});
