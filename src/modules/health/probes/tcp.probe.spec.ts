import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../../../test/support/free-ports.js';
import { listenOn, subjectOf } from '../../../../test/support/probe.fixture.js';
import { TcpProbe } from './tcp.probe.js';

const probe = new TcpProbe();
const { signal } = new AbortController();
let server: Server;

/** Listens, tells its port, and then never turns its event loop again. */
const DEAF_SERVER = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30_000);
  });
`;

beforeEach(() => {
  server = createServer();
});
afterEach(() => void server.close());

it('passes when a connection is made, sends nothing and closes it', async () => {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const port = await listenOn(server);
  const result = await probe.run(subjectOf(port, { type: 'tcp' }), signal);
  expect(result).toMatchObject({ outcome: 'passed', status: 0, error: '' });
  expect(result.durationUs).toBeGreaterThan(0);
  const [socket] = await accepted;
  let received = 0;
  socket.on('data', (bytes) => (received += bytes.length));
  await once(socket, 'end');
  expect(received).toBe(0);
});

it('says that a connection was refused', async () => {
  expect(await probe.run(subjectOf(await freePort(), { type: 'tcp' }), signal)).toMatchObject({
    outcome: 'failed',
    error: 'connection refused',
  });
});

it('gives up after its timeout when the backend does not take connections', async () => {
  const deaf = spawn(process.execPath, ['-e', DEAF_SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(deaf.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  // Two connections fill a backlog of one; to further ones the kernel does not answer.
  const waiting = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  await Promise.all(waiting.map((socket) => once(socket, 'connect')));
  const result = await probe.run(subjectOf(port, { type: 'tcp', timeoutMs: 150 }), signal);
  expect(result).toMatchObject({ outcome: 'failed', error: 'no connection within 150ms' });
  expect(result.durationUs).toBeGreaterThanOrEqual(145_000);
  for (const socket of waiting) socket.on('error', () => {}).destroy();
  deaf.kill('SIGKILL');
});

it('closes its connection when it is no longer wanted', async () => {
  const controller = new AbortController();
  const port = await listenOn(server);
  const running = probe.run(subjectOf(port, { type: 'tcp' }), controller.signal);
  controller.abort();
  expect(await running).toMatchObject({ outcome: 'inconclusive', error: 'no longer probed' });
});
