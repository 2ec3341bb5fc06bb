import type { Agent, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { DropReason } from '../../../common/contract/index.js';
import type { ClientConnection } from './client-connection.js';
import { LINGER_MS, Waiting } from '../waiting.js';
import { ExchangeSession } from './exchange-session.js';
import type { LaneServices } from './lane-services.js';
import { answerRaw } from './raw-answer.js';
import { UpgradeAttempt, type UpgradeAttemptOwner } from './upgrade-attempt.js';

/** A request to upgrade to WebSocket and the tunnel it becomes. Always the last thing on its connection. */
export class UpgradeSession extends ExchangeSession<UpgradeAttempt> implements UpgradeAttemptOwner {
  override readonly isBodyComplete = true;
  /** A handshake is a GET without a body. */
  override readonly isRepeatable = true;
  private readonly socket: Socket;
  private upstream: Socket | null = null;
  /** Bytes that belong to the heads, not to the tunnel. */
  private readonly headBytesIn: number;
  private headBytesOut = 0;
  private early: Buffer | null;

  /** `early`: what the client has sent behind its request head. */
  constructor(owner: LaneServices, connection: ClientConnection, request: IncomingMessage, early: Buffer) {
    super(owner, connection, request);
    this.socket = connection.socket;
    this.early = early;
    this.headBytesIn = this.socket.bytesRead - early.length;
  }

  override run(): void {
    // Node has taken its own listener away; what an error means is told by the `close` that follows.
    this.socket.on('error', ignore);
    super.run();
  }

  override refuse(reason: DropReason): void {
    this.release();
    if (this.exchange.hasResponseStarted) this.connection.cut();
    else answerRaw(this.connection, this.exchange, reason);
  }

  override clientGone(): void {
    this.countTunnel();
    const { pipeline } = this.owner;
    // Whoever closes a tunnel ends it; that is how they all end.
    if (this.upstream !== null) pipeline.completed(this.exchange);
    else pipeline.clientClosed(this.exchange);
    this.closeUpstream();
    this.release();
  }

  override bodyInvalid(): void {
    this.connection.cut();
  }

  override shutDown(): void {
    this.countTunnel();
    super.shutDown();
  }

  override connected(): void {
    this.await(Waiting.response);
  }

  upgraded(upstream: Socket, head: Buffer): void {
    this.overallMs = Infinity;
    this.await(Waiting.nothing);
    this.upstream = upstream;
    this.headBytesOut = upstream.bytesRead - head.length;
    this.owner.pipeline.responseStarted(this.exchange, 101);
    upstream.once('error', () => this.onUpstreamError());
    upstream.once('close', () => this.socket.destroySoon());
    // Reads from and writes to the client both count as life: its timer watches both directions.
    this.socket.setTimeout(this.exchange.timeouts.tunnelIdleMs, () => this.onTunnelIdle());
  }

  declined(response: IncomingMessage): void {
    const { exchange } = this;
    this.owner.pipeline.responseStarted(exchange, response.statusCode!);
    this.await(Waiting.backend);
    response.on('data', (chunk: Buffer) => {
      exchange.bytesOut += chunk.length;
      this.await(Waiting.backend);
    });
    response.once('close', () => {
      if (!response.complete) this.current?.fail({ outcome: 'truncated', retry: 'never' });
    });
    this.socket.once('finish', () => {
      if (!response.complete) return;
      this.owner.pipeline.completed(exchange);
      this.deadlineMs = Infinity;
      this.connection.closeGently();
    });
  }

  protected override send(agent: Agent): UpgradeAttempt {
    // The library listens anew for each attempt.
    if (this.exchange.attempts.length > 0) this.socket.setMaxListeners(0);
    const attempt = new UpgradeAttempt(this.exchange, agent, this);
    this.owner.upgradeWith(attempt, this.request, this.socket, this.early);
    this.early = null;
    return attempt;
  }

  protected override release(): void {
    this.owner.ticker.remove(this);
    super.release();
  }

  private onTunnelIdle(): void {
    this.countTunnel();
    this.owner.pipeline.drop(this.exchange, 'tunnel_idle');
  }

  private onUpstreamError(): void {
    this.countTunnel();
    this.owner.pipeline.attemptFailed(this.exchange, { outcome: 'truncated', retry: 'never' });
  }

  /** Sends what the client said last, to a backend that reads it; one that does not would hold the connection for ever. */
  private closeUpstream(): void {
    const { upstream } = this;
    if (upstream === null || upstream.destroyed) return;
    upstream.destroySoon();
    upstream.setTimeout(LINGER_MS, () => upstream.destroy());
  }

  private countTunnel(): void {
    if (this.upstream === null || this.exchange.isFinished) return;
    this.exchange.bytesIn = this.socket.bytesRead - this.headBytesIn;
    this.exchange.bytesOut = this.upstream.bytesRead - this.headBytesOut;
  }
}

function ignore(): void {}
