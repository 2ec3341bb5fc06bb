import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runTestServer } from '../../src/cli/commands/test-server.command.js';
import { startBackendProcess } from '../support/backend-process.js';

const PARENT = fileURLToPath(new URL('../support/backend-process.parent.mjs', import.meta.url));

it('runs as a process, finishes what runs when asked to stop, and exits 0', async () => {
  const backend = await startBackendProcess({ name: 'one' });
  const slow = fetch(`${backend.url}/slow/300`);
  await expect
    .poll(async () => ((await (await fetch(backend.url)).json()) as { inFlight: number }).inFlight)
    .toBe(2);
  const code = backend.stop();
  expect((await slow).status).toBe(200);
  expect(await code).toBe(0);
});

it('turns its health and dies like a crash', async () => {
  const backend = await startBackendProcess({ count: 2 });
  const [first, second] = backend.ports;
  await backend.setHealth(false, second);
  const status = async (port: number) => (await fetch(`http://127.0.0.1:${port}/health`)).status;
  expect([await status(first!), await status(second!)]).toEqual([200, 503]);
  await backend.kill();
  const socket = connect(first!, '127.0.0.1');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
});

it('ends when its parent is killed', async () => {
  const parent = spawn(process.execPath, [PARENT], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const { servers } = JSON.parse(line.toString()) as { servers: readonly { port: number }[] };
  const socket = connect(servers[0]!.port, '127.0.0.1');
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  socket.resume();
  parent.kill('SIGKILL');
  await closed;
  // Its connections close before its listener does.
  let error = '';
  while (error !== 'ECONNREFUSED') error = await errorOfConnecting(servers[0]!.port);
  expect(error).toBe('ECONNREFUSED');
});

/** Empty: it was let in, and the connection ended without an error. */
function errorOfConnecting(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').resume();
  return new Promise((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.on('close', () => resolve(''));
  });
}

function fakeIo(env: Record<string, string> = {}) {
  const output = { out: '', err: '' };
  const io = {
    env,
    stdin: new PassThrough(),
    stdout: { write: (text: string) => (output.out += text) },
    stderr: { write: (text: string) => (output.err += text) },
    on: () => {},
    off: () => {},
  };
  return { io, output };
}

it('exits 2 and says what is wrong with its options', async () => {
  const { io, output } = fakeIo({ DURATION: 'soon' });
  expect(await runTestServer({ port: 'abc' }, io)).toBe(2);
  expect(output.err).toMatch(/--port: "abc" is not a port/);
  expect(output.err).toMatch(/DURATION: "soon" is not a duration/);
});

it('exits 1 and says which port is in use', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const { io, output } = fakeIo();
  expect(await runTestServer({ port: String(port) }, io)).toBe(1);
  expect(output.err).toMatch(new RegExp(`Port ${port} of 127.0.0.1 is in use. .*--port`));
  holder.close();
});

it('says where it listens and stops with its life line', async () => {
  const { io, output } = fakeIo();
  const running = runTestServer({ port: '0,0', name: 'demo', withParent: true }, io);
  await expect
    .poll(() => output.out)
    .toMatch(/^demo-\d+ listens on http:\/\/127\.0\.0\.1:\d+\ndemo-\d+ listens/);
  io.stdin.end();
  expect(await running).toBe(0);
});
