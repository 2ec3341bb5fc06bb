import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { BoundAddress, ListenerSettings } from '../../../common/contract/index.js';
import type { ClientConnection } from './client-connection.js';
import type { HttpLane } from './http-lane.js';
import { ListenerState } from './listener-state.js';

/** How often Node looks for heads that take too long. */
const HEAD_CHECK_MS = 500;

/** One address that the HTTP lane accepts on: Node's server with the parser at its strictest, and the way to stop it. */
export class HttpListener {
  private readonly state: ListenerState;
  private readonly connections = new Map<Socket, ClientConnection>();
  private readonly emptied = Promise.withResolvers<void>();

  private constructor(
    private readonly lane: HttpLane,
    private readonly server: Server,
    private readonly settings: ListenerSettings,
  ) {
    this.state = new ListenerState(settings);
    this.configure();
    this.subscribe();
  }

  /** A listener with a server of its own. */
  static create(lane: HttpLane, settings: ListenerSettings): HttpListener {
    const server = createServer();
    server.on('request', (request, response) => lane.handle(request, response));
    return new HttpListener(lane, server, settings);
  }

  /** Looks after a server whose requests reach the lane by another way, as through Nest. Before it listens. */
  static attach(lane: HttpLane, server: Server, settings: ListenerSettings): HttpListener {
    return new HttpListener(lane, server, settings);
  }

  /** Binds. Rejects with Node's error (`EADDRINUSE`, `EACCES` ...). `reusePort`: the kernel spreads connections over all who bind. */
  listen(reusePort: boolean): Promise<BoundAddress> {
    const { server, settings } = this;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: settings.host, port: settings.port, reusePort }, () => {
        server.off('error', reject);
        resolve(this.address());
      });
    });
  }

  /**
   * Stops accepting, closes idle connections and each other one after the response that runs on it; what still runs after
   * the deadline is cut. Resolves with the number of exchanges that were cut, once the last connection has closed.
   */
  async drain(deadlineMs: number): Promise<number> {
    this.state.isDraining = true;
    let cut = 0;
    const timer = setTimeout(() => {
      for (const connection of this.connections.values()) if (connection.shutDown()) cut++;
    }, deadlineMs);
    this.server.close();
    // Node's own `close` comes before that of the last connection, and so before the end of what ran there.
    if (this.connections.size > 0) await this.emptied.promise;
    clearTimeout(timer);
    return cut;
  }

  private address(): BoundAddress {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the listener has no port');
    return { host: address.address, port: address.port };
  }

  /** Node reads all of these from the server when it begins to listen, or at each connection. */
  private configure(): void {
    const { server, settings } = this;
    Object.assign(server, {
      headersTimeout: settings.headTimeoutMs,
      requestTimeout: 0,
      connectionsCheckingInterval: Math.min(HEAD_CHECK_MS, settings.headTimeoutMs),
      keepAliveTimeout: settings.idleTimeoutMs,
      maxHeaderSize: settings.maxHeadBytes,
      // 0: Node hands over all fields; more than the listener allows are refused, not cut off.
      maxHeadersCount: 0,
      requireHostHeader: false,
      shouldUpgradeCallback: (request: IncomingMessage) => this.lane.acceptsUpgrade(request),
    });
  }

  private subscribe(): void {
    const { server, lane } = this;
    server.on('connection', (socket: Socket) => this.onConnection(socket));
    // `Expect` is the backend's to answer.
    server.on('checkContinue', (request, response) => server.emit('request', request, response));
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    server.on('upgrade', (request, socket, early) => lane.upgrade(request, socket as Socket, early));
    server.on('connect', (request, socket) => lane.refuseConnect(request, socket as Socket));
    server.on('clientError', (error, socket) => lane.clientError(error, socket));
  }

  private onConnection(socket: Socket): void {
    // The lane listens first: when a connection is gone here, what ran on it has ended.
    this.connections.set(socket, this.lane.open(socket, this.state));
    socket.once('close', () => this.onDisconnection(socket));
  }

  private onDisconnection(socket: Socket): void {
    this.connections.delete(socket);
    if (this.state.isDraining && this.connections.size === 0) this.emptied.resolve();
  }
}
