import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestServer, type TestServerHandle } from './index.js';

let handle: TestServerHandle;
let url: string;

beforeEach(async () => {
  handle = await startTestServer({ ports: [0], host: '127.0.0.1', durationMs: 0, name: 'shop' });
  url = `http://127.0.0.1:${handle.servers[0]!.port}`;
});
afterEach(() => handle.stop(0));

async function json(path: string, init?: RequestInit): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url + path, init);
  return { status: response.status, body: await response.json() };
}

describe('the test server', () => {
  it('tells who it is and how many requests are in flight', async () => {
    const slow = fetch(`${url}/slow/60000`);
    const { port } = handle.servers[0]!;
    // The slow request is on another connection: it counts once its head has arrived.
    await expect.poll(() => handle.servers[0]!.inFlight).toBe(1);
    expect(await json('/')).toMatchObject({
      status: 200,
      body: { name: 'shop', port, inFlight: 2, served: 2 },
    });
    await handle.stop(0);
    await expect(slow).rejects.toThrow('fetch failed');
  });

  it('turns its health off and on while it runs', async () => {
    expect(await json('/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await json('/health/off', { method: 'POST' })).toMatchObject({ status: 200 });
    expect(await json('/health')).toMatchObject({ status: 503, body: { status: 'off' } });
    expect(await json('/')).toMatchObject({ status: 200, body: { healthy: false } });
    await json('/health/on', { method: 'PUT' });
    expect(await json('/health')).toMatchObject({ status: 200 });
    expect(await json('/health/on')).toMatchObject({ status: 405, body: { allowed: ['POST', 'PUT'] } });
  });

  it('answers any status', async () => {
    expect((await fetch(`${url}/status/503`)).status).toBe(503);
    const empty = await fetch(`${url}/status/204`);
    expect([empty.status, await empty.text()]).toEqual([204, '']);
    expect(await json('/status/199')).toMatchObject({ status: 400 });
    expect(await json('/status/600')).toMatchObject({ status: 400 });
  });

  it('sends as many bytes as asked, and none for HEAD', async () => {
    const body = await (await fetch(`${url}/bytes/300k`)).arrayBuffer();
    expect(body.byteLength).toBe(300 * 1_024);
    const head = await fetch(`${url}/bytes/1G`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(1_024 ** 3));
    expect(await json('/bytes/2G')).toMatchObject({ status: 400 });
    expect(await json('/bytes/-1')).toMatchObject({ status: 400 });
  });

  it('makes no more bytes than a client reads', async () => {
    const request = httpRequest(`${url}/bytes/1G`);
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.pause();
    const before = process.memoryUsage().rss;
    const state = handle.servers[0]!;
    expect(state.inFlight).toBe(1);
    await json('/slow/200');
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1_024 ** 2);
    response.destroy();
    await expect.poll(() => state.inFlight).toBe(0);
  });

  it('echoes a body byte for byte with its type, and a head without body as JSON', async () => {
    const body = randomBytes(1_000_000);
    const response = await fetch(`${url}/echo?a=1`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'image/x' },
    });
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect(digest(new Uint8Array(await response.arrayBuffer()))).toBe(digest(body));
    expect(response.headers.get('content-type')).toBe('image/x');
    expect(response.headers.get('x-echo-url')).toBe('/echo?a=1');
    const { body: head } = await json('/echo?b=%2F', { headers: { 'X-Mixed': 'yes' } });
    expect(head).toMatchObject({ method: 'GET', url: '/echo?b=%2F', headers: { 'x-mixed': 'yes' } });
  });

  it('answers what it does not know with 404 and its routes', async () => {
    const { status, body } = await json('/nope');
    expect(status).toBe(404);
    expect((body as { routes: string[] }).routes.join('\n')).toContain('/bytes/:n');
  });

  it('keeps a connection after a body that no route reads', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports: (number | undefined)[] = [];
    for (const path of ['/status/200', '/']) {
      const request = httpRequest(url + path, { method: 'POST', agent });
      request.end(Buffer.alloc(300_000));
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      ports.push(request.socket?.localPort);
      response.resume();
      await once(response, 'end');
    }
    agent.destroy();
    expect(ports[0]).toBe(ports[1]);
  });

  it('sends events until it stops', async () => {
    const response = await fetch(`${url}/sse?interval=10&count=3`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect((await response.text()).match(/^id: \d+$/gm)).toEqual(['id: 1', 'id: 2', 'id: 3']);
    const endless = await fetch(`${url}/sse?interval=60000`);
    const rest = endless.text();
    await handle.stop();
    expect(await rest).toContain('id: 1\n');
  });

  it('echoes WebSocket messages of all lengths and says goodbye when it stops', async () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
    await once(socket, 'open');
    for (const message of ['', 'hello', 'x'.repeat(200), 'y'.repeat(100_000)]) {
      socket.send(message);
      const [answer] = (await once(socket, 'message')) as [Buffer];
      expect(answer.toString() === message).toBe(true);
    }
    socket.ping('are you there');
    const [pong] = (await once(socket, 'pong')) as [Buffer];
    expect(pong.toString()).toBe('are you there');
    const closed = once(socket, 'close');
    await handle.stop();
    expect((await closed)[0]).toBe(1001);
  });
});

it('cuts at its deadline a WebSocket whose client never says goodbye', async () => {
  const socket = connect({ port: handle.servers[0]!.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write(
    'GET /ws HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n' +
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  socket.on('error', () => undefined);
  await once(socket, 'data');
  await handle.stop(50);
  await expect.poll(() => handle.servers[0]!.inFlight).toBe(0);
  socket.destroy();
});

it('waits the configured time, but not for its health', async () => {
  const slow = await startTestServer({ ports: [0], host: '127.0.0.1', durationMs: 150, name: '' });
  const origin = `http://127.0.0.1:${slow.servers[0]!.port}`;
  const timed = async (path: string) => {
    const start = performance.now();
    await (await fetch(origin + path)).arrayBuffer();
    return performance.now() - start;
  };
  await timed('/health');
  expect(await timed('/')).toBeGreaterThanOrEqual(148);
  expect(await timed('/health')).toBeLessThan(148);
  await slow.stop(0);
});

it('serves several ports apart from each other, or none when one is taken', async () => {
  const several = await startTestServer({ ports: [0, 0], host: '127.0.0.1', durationMs: 0, name: 'pair' });
  const [first, second] = several.servers;
  await fetch(`http://127.0.0.1:${first!.port}/health/off`, { method: 'POST' });
  expect([first!.healthy, second!.healthy]).toEqual([false, true]);
  expect(second!.name).toBe(`pair-${second!.port}`);
  const taken = startTestServer({ ports: [0, first!.port], host: '127.0.0.1', durationMs: 0, name: '' });
  await expect(taken).rejects.toMatchObject({ code: 'EADDRINUSE', port: first!.port });
  await several.stop(0);
});
