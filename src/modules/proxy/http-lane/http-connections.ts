import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ListenerSettings } from '../../../common/contract/index.js';
import type { LaneConnections } from '../listener/lane-connections.js';
import type { ListenerState } from '../listener/listener-state.js';
import type { ClientConnection } from './client-connection.js';
import type { HttpLane } from './http-lane.js';

/** How often Node looks for heads that take too long. */
const HEAD_CHECK_MS = 500;

/** The connections of one listener that the HTTP lane serves: Node's server with the parser at its strictest. */
export class HttpConnections implements LaneConnections {
  private readonly connections = new Map<Socket, ClientConnection>();
  private readonly server: Server;
  private isWatching = false;

  /** @param handler Takes requests to the lane by another way than directly, as through Nest. */
  constructor(
    private readonly lane: HttpLane,
    private readonly settings: ListenerSettings,
    private readonly state: ListenerState,
    handler?: RequestListener,
  ) {
    this.server = createServer(handler ?? ((request, response) => lane.handle(request, response)));
    this.configure();
    this.subscribe();
  }

  get size(): number {
    return this.connections.size;
  }

  open(socket: Socket, gone: () => void): void {
    this.watchHeads();
    // The lane listens first: when a connection is gone here, what ran on it has ended.
    const connection = this.lane.open(socket, this.state);
    this.connections.set(socket, connection);
    socket.once('close', () => {
      this.connections.delete(socket);
      gone();
    });
    this.server.emit('connection', socket);
    // Behind Node's own listener, which would start to read again.
    socket.on('resume', () => connection.resumed());
    socket.resume();
  }

  drain(): void {
    this.server.close();
  }

  cut(): number {
    let running = 0;
    for (const connection of this.connections.values()) if (connection.shutDown()) running++;
    return running;
  }

  /** Node begins to look for late heads when a server listens. This one never does: its connections are brought to it. */
  private watchHeads(): void {
    if (this.isWatching) return;
    this.isWatching = true;
    this.server.emit('listening');
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
    // `Expect` is the backend's to answer.
    server.on('checkContinue', (request, response) => server.emit('request', request, response));
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    server.on('upgrade', (request, socket, early) => lane.upgrade(request, socket as Socket, early));
    server.on('connect', (request, socket) => lane.refuseConnect(request, socket as Socket));
    server.on('clientError', (error, socket) => lane.clientError(error, socket));
  }
}
