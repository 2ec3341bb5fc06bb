import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../../test/support/free-ports.js';
import { listenOn, subjectOf } from '../../../../test/support/probe.fixture.js';
import type { HealthConfig } from '../../../common/config/index.js';
import { HttpProbe } from './http.probe.js';

const probe = new HttpProbe(null);
const { signal } = new AbortController();
const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function http(listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createHttpServer(listener);
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, port: await listenOn(server) };
}

/** A server that speaks byte for byte what the test wants. */
async function raw(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: TcpServer = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return listenOn(server);
}

async function run(listener: RequestListener, health: Partial<HealthConfig> = {}) {
  const { port } = await http(listener);
  return probe.run(subjectOf(port, health), signal);
}

describe('the request', () => {
  it('is what the service configured, over a connection of its own that ends with it', async () => {
    let seen: IncomingMessage | undefined;
    const { port, server } = await http((request, response) => {
      seen = request;
      response.end();
    });
    const connection = once(server, 'connection') as Promise<[Socket]>;
    const headers = { 'X-Probe': 'yes', Host: 'shop.internal' };
    const result = await probe.run(
      subjectOf(port, { method: 'POST', path: '/fit?deep=%2F', headers }),
      signal,
    );
    expect(result).toMatchObject({ outcome: 'passed', status: 200, error: '' });
    expect(seen).toMatchObject({ method: 'POST', url: '/fit?deep=%2F', httpVersion: '1.1' });
    expect(seen!.headers).toMatchObject({
      host: 'shop.internal',
      'x-probe': 'yes',
      'user-agent': 'velocity-probe',
      'content-length': '0',
      connection: 'close',
    });
    const [socket] = await connection;
    if (!socket.destroyed) await once(socket, 'close');
  });

  it('names the backend as its host', async () => {
    let host: string | undefined;
    const { port } = await http((request, response) => {
      host = request.headers.host;
      response.end();
    });
    await probe.run(subjectOf(port), signal);
    expect(host).toBe(`127.0.0.1:${port}`);
  });
});

describe('the status', () => {
  const answering = (status: number) => (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status, { location: '/elsewhere' }).end('body');

  it('passes in its ranges only, and tells what was expected', async () => {
    expect(await run(answering(204))).toMatchObject({ outcome: 'passed', status: 204 });
    expect(await run(answering(503))).toMatchObject({
      outcome: 'failed',
      status: 503,
      error: 'status 503, expected 200-399',
    });
    const status = [
      { from: 200, to: 299 },
      { from: 404, to: 404 },
    ];
    expect(await run(answering(404), { status })).toMatchObject({ outcome: 'passed' });
    expect(await run(answering(301), { status })).toMatchObject({
      outcome: 'failed',
      error: 'status 301, expected 200-299, 404',
    });
  });

  it('follows no redirect', async () => {
    let requests = 0;
    const result = await run((_, response) => {
      requests++;
      response.writeHead(302, { location: '/' }).end();
    });
    expect([result.outcome, result.status, requests]).toEqual(['passed', 302, 1]);
  });

  it('counts of the final response, not of an informational one', async () => {
    const result = await run((_, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.statusCode = 500;
      response.end();
    });
    expect(result).toMatchObject({ outcome: 'failed', status: 500 });
  });

  it('may be an upgrade nobody asked for', async () => {
    const port = await raw((socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
      ),
    );
    expect(await probe.run(subjectOf(port), signal)).toMatchObject({
      outcome: 'failed',
      error: 'status 101, expected 200-399',
    });
  });

  it('decides although the body never ends', async () => {
    const { port, server } = await http((_, response) => void response.writeHead(200).write('first piece'));
    const connection = once(server, 'connection') as Promise<[Socket]>;
    const result = await probe.run(subjectOf(port, { timeoutMs: 10_000 }), signal);
    expect(result).toMatchObject({ outcome: 'passed', status: 200 });
    const [socket] = await connection;
    if (!socket.destroyed) await once(socket, 'close');
  });
});

describe('the body', () => {
  it('must hold the text, wherever the pieces are cut', async () => {
    const pieces = ['all is h', 'eal', 'thy', ' here'];
    const inPieces = (_: IncomingMessage, response: ServerResponse) => {
      const next = () => {
        const piece = pieces[sent++];
        if (piece === undefined) response.end();
        else response.write(piece, () => setImmediate(next));
      };
      let sent = 0;
      next();
    };
    expect(await run(inPieces, { body: 'healthy' })).toMatchObject({ outcome: 'passed' });
    expect(await run(inPieces, { body: 'healthier' })).toMatchObject({
      outcome: 'failed',
      status: 200,
      error: 'body does not contain "healthier"',
    });
  });

  it('is read no further than 64 KiB', async () => {
    const endless = (_: IncomingMessage, response: ServerResponse) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384, 'x')));
      };
      response.on('drain', more);
      more();
    };
    const result = await run(endless, { body: 'ok', timeoutMs: 10_000 });
    expect(result).toMatchObject({
      outcome: 'failed',
      error: 'first 64 KiB of the body do not contain "ok"',
    });
  });

  it('must arrive within the timeout', async () => {
    const trickle = (_: IncomingMessage, response: ServerResponse) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.once('close', () => clearInterval(timer));
    };
    expect(await run(trickle, { body: 'ok', timeoutMs: 150 })).toMatchObject({
      outcome: 'failed',
      status: 200,
      error: 'no whole body within 150ms',
    });
  });

  it('must not break off', async () => {
    const port = await raw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')),
    );
    expect(await probe.run(subjectOf(port, { body: 'ok' }), signal)).toMatchObject({
      outcome: 'failed',
      error: 'connection closed in the middle of the body',
    });
  });
});

describe('a backend that does not answer', () => {
  it('refuses the connection', async () => {
    expect(await probe.run(subjectOf(await freePort()), signal)).toMatchObject({
      outcome: 'failed',
      status: 0,
      error: 'connection refused',
    });
  });

  it('hangs', async () => {
    const result = await run(() => {}, { timeoutMs: 150 });
    expect(result).toMatchObject({ outcome: 'failed', status: 0, error: 'no answer within 150ms' });
    expect(result.durationUs).toBeGreaterThanOrEqual(145_000);
    expect(result.durationUs).toBeLessThan(1_500_000);
  });

  it.each(['reset', 'end'] as const)('closes instead (%s)', async (how) => {
    const port = await raw((socket) =>
      socket.once('data', () => (how === 'reset' ? socket.resetAndDestroy() : socket.end())),
    );
    expect(await probe.run(subjectOf(port), signal)).toMatchObject({
      outcome: 'failed',
      error: 'connection closed before an answer',
    });
  });

  it('speaks something else', async () => {
    const port = await raw((socket) => socket.end('220 mail.test ESMTP\r\n'));
    const result = await probe.run(subjectOf(port), signal);
    expect(result.outcome).toBe('failed');
    expect(result.error).toMatch(/^answer is not valid HTTP \(HPE_/);
  });

  it('sends a head without end', async () => {
    const port = await raw((socket) =>
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`)),
    );
    const result = await probe.run(subjectOf(port), signal);
    expect(result.error).toBe('answer is not valid HTTP (HPE_HEADER_OVERFLOW)');
  });

  it('has a name that does not exist', async () => {
    const subject = { ...subjectOf(80), host: 'no-such-host.invalid' };
    const result = await probe.run(subject, signal);
    expect(result.outcome).toBe('failed');
    expect(result.error).toMatch(/^host name (not found|cannot be resolved now)$/);
  });
});

it('fails instead of throwing when the request cannot be made', async () => {
  const result = await run((_, response) => response.end(), { path: '/a b' });
  expect(result.outcome).toBe('failed');
  expect(result.error).toMatch(/^cannot be sent: .*ERR_UNESCAPED_CHARACTERS/);
});

it('closes its connection when it is no longer wanted', async () => {
  const controller = new AbortController();
  const { port, server } = await http(() => controller.abort());
  const connection = once(server, 'connection') as Promise<[Socket]>;
  const result = await probe.run(subjectOf(port), controller.signal);
  expect(result).toMatchObject({ outcome: 'inconclusive', error: 'no longer probed' });
  const [socket] = await connection;
  if (!socket.destroyed) await once(socket, 'close');
});
