import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TestServerOptions } from './test-server.options.js';
import { answer } from './test-server.routes.js';
import { TestServerState } from './test-server.state.js';
import { acceptWebSocket } from './web-socket.echo.js';

export interface TestServerHandle {
  /** In the order of the asked-for ports. */
  readonly servers: readonly TestServerState[];
  /** Stops accepting, lets running exchanges finish, cuts what still runs after the deadline (10 s). */
  stop(deadlineMs?: number): Promise<void>;
}

/** One server of the process, with every connection of it, upgraded ones included. */
interface RunningServer {
  readonly server: Server;
  readonly state: TestServerState;
  readonly sockets: ReadonlySet<Socket>;
}

/** Starts all servers, or none: rejects with the system's error (`EADDRINUSE`, ...) when one cannot listen. */
export async function startTestServer(options: TestServerOptions): Promise<TestServerHandle> {
  const running: RunningServer[] = [];
  try {
    for (const port of options.ports) running.push(await listen(port, options));
  } catch (error) {
    for (const { server } of running) server.close();
    throw error;
  }
  return {
    servers: running.map(({ state }) => state),
    stop: async (deadlineMs = 10_000) => {
      await Promise.all(running.map((one) => stop(one, deadlineMs)));
    },
  };
}

async function listen(port: number, options: TestServerOptions): Promise<RunningServer> {
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = (server.address() as AddressInfo).port;
  const state = new TestServerState(nameOf(options, bound), bound, options.durationMs);
  server.on('request', (request: IncomingMessage, response: ServerResponse) =>
    serve(server, state, { request, response }),
  );
  server.on('upgrade', (request, socket, head) => acceptWebSocket(state, request, { socket, head }));
  return { server, state, sockets };
}

function nameOf(options: TestServerOptions, port: number): string {
  if (options.name === '') return `test-server-${port}`;
  return options.ports.length === 1 ? options.name : `${options.name}-${port}`;
}

function serve(
  server: Server,
  state: TestServerState,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): void {
  state.inFlight++;
  state.served++;
  response.once('close', () => {
    state.inFlight--;
    // close() ends only connections that are idle at that moment; this one becomes idle just now.
    if (state.stopping.signal.aborted) setImmediate(() => server.closeIdleConnections());
  });
  answer(state, request, response);
}

async function stop({ server, state, sockets }: RunningServer, deadlineMs: number): Promise<void> {
  state.stopping.abort();
  const cut = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, deadlineMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(cut);
}
