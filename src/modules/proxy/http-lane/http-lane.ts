import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Socket } from 'node:net';
import type { Balancer } from '../../balancer/index.js';
import { BackendPools } from '../backend-pools.js';
import { DeadlineTicker } from '../deadline.ticker.js';
import type { Pipeline } from '../pipeline.js';
import { ClientConnection } from './client-connection.js';
import { Forwarder, type ForwardedAttempt } from './forwarder.js';
import { HttpSession } from './http-session.js';
import type { LaneServices } from './lane-services.js';
import { ListenerState } from '../listener/listener-state.js';
import { reasonOfClientError, RefusedHead, requestLineOf } from './refused-head.js';
import { UpgradeSession } from './upgrade-session.js';
import { UpstreamPool } from './upstream-pool.js';

/** For a server that no `HttpListener` looks after: what Node's own limits leave. */
const UNLIMITED = { maxUriBytes: 16_384, maxHeaders: 1000 };

/** The complete lane: everything that Node's HTTP server understands, through http-proxy-middleware. */
export class HttpLane implements LaneServices {
  readonly ticker = new DeadlineTicker();
  readonly pools = new BackendPools(
    ({ snapshot: settings }, { snapshot: backend }) => new UpstreamPool(settings, backend),
  );
  private readonly connections = new WeakMap<Socket, ClientConnection>();
  private forwarder: Forwarder | null = null;
  private loading: Promise<Forwarder> | null = null;

  constructor(
    readonly pipeline: Pipeline,
    balancer: Balancer,
  ) {
    balancer.onBackendsRemoved((removed) => this.pools.remove(removed));
  }

  /** Loads the library now rather than at the first request. */
  async prepare(): Promise<void> {
    this.loading ??= Forwarder.load();
    this.forwarder = await this.loading;
  }

  /** A new connection of a listener. */
  open(socket: Socket, listener: ListenerState): ClientConnection {
    const connection = new ClientConnection(socket, listener, this.ticker);
    this.connections.set(socket, connection);
    return connection;
  }

  /** A plain request. Takes the body as it comes: nobody may have read from it. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.connectionOf(request.socket);
    connection.submit(new HttpSession(this, connection, request, response));
  }

  /** Whether a request is an upgrade that is served: WebSocket without a body, and nothing else on the connection. */
  acceptsUpgrade(request: IncomingMessage): boolean {
    const { headers } = request;
    return (
      request.method === 'GET' &&
      request.httpVersion === '1.1' &&
      headers.upgrade?.toLowerCase() === 'websocket' &&
      headers['transfer-encoding'] === undefined &&
      (headers['content-length'] ?? '0') === '0' &&
      !this.connectionOf(request.socket).isBusy
    );
  }

  /** A request that `acceptsUpgrade` accepted. `early`: what came behind its head. */
  upgrade(request: IncomingMessage, socket: Socket, early: Buffer): void {
    const connection = this.connectionOf(socket);
    connection.submit(new UpgradeSession(this, connection, request, early));
  }

  /** CONNECT asks for a forward proxy, which this is not. */
  refuseConnect(request: IncomingMessage, socket: Socket): void {
    const connection = this.connectionOf(socket);
    socket.on('error', () => connection.cut());
    // Node has let go of the connection: an answer that still runs on it would stop at its first pause.
    if (connection.isBusy) return connection.cut();
    const line = { method: 'CONNECT', target: request.url ?? '', protocol: `HTTP/${request.httpVersion}` };
    connection.broken(() => this.pipeline.refuse(new RefusedHead(connection, line).exchange, 'bad_request'));
  }

  /** An error of a client's connection, or something on it that is not HTTP. */
  clientError(error: Error, stream: Duplex): void {
    if (!(stream instanceof Socket)) return void stream.destroy();
    const connection = this.connectionOf(stream);
    const reason = reasonOfClientError(error, (length) => connection.listener.isUriTooLong(length));
    const isCutShort = 'code' in error && error.code === 'HPE_INVALID_EOF_STATE' && connection.isBusy;
    // A connection that never said anything, as browsers open them ahead of need, is no request.
    if (reason === null || isCutShort || stream.bytesRead === 0) return connection.cut();
    connection.broken(() => {
      this.pipeline.refuse(new RefusedHead(connection, requestLineOf(error)).exchange, reason);
    });
  }

  forward(attempt: ForwardedAttempt, request: IncomingMessage, response: ServerResponse): void {
    if (this.forwarder !== null) return this.forwarder.forward(attempt, request, response);
    this.whenLoaded(attempt, (forwarder) => forwarder.forward(attempt, request, response));
  }

  upgradeWith(
    attempt: ForwardedAttempt,
    request: IncomingMessage,
    socket: Socket,
    early: Buffer | null,
  ): void {
    if (this.forwarder !== null) return this.forwarder.upgrade(attempt, request, socket, early);
    this.whenLoaded(attempt, (forwarder) => forwarder.upgrade(attempt, request, socket, early));
  }

  /** Cuts what is left and closes all connections to backends. */
  close(): void {
    this.ticker.close();
    this.pools.close();
  }

  private connectionOf(socket: Socket): ClientConnection {
    return this.connections.get(socket) ?? this.open(socket, new ListenerState(UNLIMITED));
  }

  private whenLoaded(attempt: ForwardedAttempt, forward: (forwarder: Forwarder) => void): void {
    this.prepare()
      .then(() => forward(this.forwarder!))
      .catch((error: unknown) => this.pipeline.failed(attempt.exchange, error));
  }
}
