import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Stage, STEADY_HEALTH, configOf } from '../support/balanced.js';
import { request } from '../support/load.js';

describe('SIGTERM', () => {
  const stage = new Stage();

  it('finishes running exchanges, stores their records, and then ends', async () => {
    const backend = await stage.backend();
    const config = configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }]);
    const balancer = await stage.balancer(config);
    const running = http.get({ port: balancer.trafficPort, path: '/slow/700', host: '127.0.0.1' });
    await once(running, 'socket');
    await waitUntilInFlight(backend.port);

    const ended = balancer.stop('SIGTERM');
    const [response] = (await once(running, 'response')) as [http.IncomingMessage];
    expect(response.statusCode).toBe(200);
    expect(response.headers.connection).toBe('close');
    response.resume();
    expect(await ended).toBe(0);
    expect(balancer.log.some((line) => line.msg === 'stopped, nothing was cut')).toBe(true);
    expect((await request({ port: balancer.trafficPort, host: 'any' })).error).toContain('ECONNREFUSED');

    const again = await stage.balancer(config, { dir: balancer.dir });
    const logs = await again.api<{ items: { path: string; status: number }[] }>('GET', '/api/v1/access-logs');
    expect(logs.body.items).toMatchObject([{ path: '/slow/700', status: 200 }]);
  });

  it('cuts what still runs at the deadline, and says how much', async () => {
    const backend = await stage.backend();
    const config = configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }], {
      shutdown: { deadline: '300ms' },
    });
    const balancer = await stage.balancer(config);
    const running = request({ port: balancer.trafficPort, host: 'any', path: '/slow/20000' });
    await waitUntilInFlight(backend.port);
    expect(await balancer.stop('SIGTERM')).toBe(0);
    const answer = await running;
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'shutting_down' });
    expect(
      balancer.log.find((line) => line.msg === 'stopped, exchanges were cut at the deadline'),
    ).toMatchObject({ cut: 1, services: { shop: { exchanges: 1, tunnels: 0 } } });
  });

  it('cuts tunnels at the deadline, and says of which service; until then they go on', async () => {
    const backend = await stage.backend();
    const services = ['chat', 'news'].map((name) => ({
      name,
      paths: [`/${name}`],
      backends: [backend.url],
      health: STEADY_HEALTH,
    }));
    const config = configOf([{ ...services[0], paths: ['/ws'] }, services[1]!], {
      shutdown: { deadline: '2s' },
    });
    const balancer = await stage.balancer(config);
    const [first, second] = await Promise.all([open(balancer.trafficPort), open(balancer.trafficPort)]);
    const ended = balancer.stop('SIGTERM');
    await balancer.logged(({ msg }) => msg === 'stopping: running exchanges are finished first');
    first.send('still here');
    const [message] = (await once(first, 'message')) as [Buffer];
    expect(message.toString()).toBe('still here');
    first.close();
    const [code] = (await once(second, 'close')) as [number];
    // Ended without the closing handshake of WebSocket.
    expect(code).toBe(1006);
    expect(await ended).toBe(0);
    expect(
      balancer.log.find(({ msg }) => msg === 'stopped, exchanges were cut at the deadline'),
    ).toMatchObject({
      cut: 1,
      services: { chat: { exchanges: 0, tunnels: 1 } },
    });
    const again = await stage.balancer(config, { dir: balancer.dir });
    const logs = await again.api<{ items: object[] }>('GET', '/api/v1/access-logs?service=chat');
    expect(logs.body.items).toHaveLength(2);
    expect(logs.body.items).toContainEqual(
      expect.objectContaining({ status: 101, dropReason: 'shutting_down' }),
    );
  });

  it('ends at once when it comes a second time', async () => {
    const backend = await stage.backend();
    const config = configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }], {
      shutdown: { deadline: '5m' },
    });
    const balancer = await stage.balancer(config);
    const running = request({ port: balancer.trafficPort, host: 'any', path: '/slow/20000' });
    await waitUntilInFlight(backend.port);
    const ended = balancer.stop('SIGTERM');
    await balancer.logged(({ msg }) => msg === 'stopping: running exchanges are finished first');
    balancer.child.kill('SIGTERM');
    expect(await ended).toBe(1);
    expect((await running).error).not.toBe('');
    expect(balancer.log.at(-1)).toMatchObject({ msg: 'forced to end at once: what still ran is cut' });
  });

  it('is not ready from the first moment on, while it still finishes what runs', async () => {
    const backend = await stage.backend();
    const config = configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }]);
    const balancer = await stage.balancer(config);
    expect((await balancer.api('GET', '/health/ready')).status).toBe(200);
    const running = request({ port: balancer.trafficPort, host: 'any', path: '/slow/1500' });
    await waitUntilInFlight(backend.port);
    const ended = balancer.stop('SIGTERM');
    await balancer.logged(({ msg }) => msg === 'stopping: running exchanges are finished first');
    expect(await balancer.api('GET', '/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'error', parts: { workers: 'down' } },
    });
    expect((await balancer.api('GET', '/health/live')).status).toBe(200);
    expect((await running).status).toBe(200);
    expect(await ended).toBe(0);
  });

  it('is not held up by an admin request whose body never ends', async () => {
    const balancer = await stage.balancer(configOf([]));
    const { hostname, port } = new URL(balancer.adminUrl);
    const socket = net.connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      `POST /api/v1/services HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${balancer.token}\r\n` +
        'content-type: application/json\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n',
    );
    await once(socket, 'data');
    const startedAt = performance.now();
    expect(await balancer.stop('SIGTERM')).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(balancer.log.filter(({ msg }) => msg === 'log records are lost')).toEqual([]);
  });

  async function open(port: number): Promise<WebSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    await once(socket, 'open');
    return socket;
  }

  /** Asks the backend itself whether the request of the test has arrived. */
  async function waitUntilInFlight(port: number): Promise<void> {
    const deadline = Date.now() + 5_000;
    while (Date.now() < deadline) {
      const answer = await request({ port, host: 'any' });
      if ((JSON.parse(answer.body) as { inFlight: number }).inFlight > 1) return;
    }
    throw new Error('the request did not reach the backend');
  }
});
