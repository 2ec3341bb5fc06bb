import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { DropReason } from '../../../common/contract/index.js';
import type { Timed } from '../deadline.ticker.js';
import { type AttemptFailure, Exchange } from '../exchange.js';
import type { LaneSession } from '../lane.js';
import type { ClientConnection, ConnectionUser } from './client-connection.js';
import { IncomingHead } from './incoming-head.js';
import type { LaneServices } from './lane-services.js';
import { answerRaw } from './raw-answer.js';
import { UpgradeAttempt, type UpgradeOwner } from './upgrade-attempt.js';

const Waiting = { connection: 0, answer: 1, backend: 2, nothing: 3 } as const;
type Waiting = (typeof Waiting)[keyof typeof Waiting];

/** A request to upgrade to WebSocket and the tunnel it becomes. Always the last thing on its connection. */
export class UpgradeSession implements LaneSession, Timed, ConnectionUser, UpgradeOwner {
  readonly lane = 'http';
  readonly isBodyComplete = true;
  readonly exchange: Exchange;
  deadlineMs = Infinity;
  private readonly socket: Socket;
  private readonly incoming: IncomingHead;
  private current: UpgradeAttempt | null = null;
  private waiting: Waiting = Waiting.nothing;
  private overallMs = Infinity;
  private upstream: Socket | null = null;
  /** Bytes that belong to the heads, not to the tunnel. */
  private readonly headBytesIn: number;
  private headBytesOut = 0;
  private early: Buffer | null;

  /** `early`: what the client has sent behind its request head. */
  constructor(
    private readonly owner: LaneServices,
    private readonly connection: ClientConnection,
    private readonly request: IncomingMessage,
    early: Buffer,
  ) {
    this.socket = connection.socket;
    this.early = early;
    this.headBytesIn = this.socket.bytesRead - early.length;
    this.incoming = new IncomingHead(request, this.socket);
    this.exchange = new Exchange(this, this.incoming);
  }

  run(): void {
    // Node has taken its own listener away; what an error means is told by the `close` that follows.
    this.socket.on('error', ignore);
    this.owner.ticker.add(this);
    const refusal = this.connection.listener.refusalOf(this.incoming);
    if (refusal === null) this.owner.pipeline.start(this.exchange);
    else this.owner.pipeline.refuse(this.exchange, refusal);
  }

  attempt(): void {
    const { exchange } = this;
    const { requestMs } = exchange.settings.timeouts;
    if (requestMs > 0) this.overallMs = exchange.startedMs + requestMs;
    this.await(Waiting.connection, exchange.settings.timeouts.connectMs);
    // The library listens anew for each attempt.
    if (exchange.attempts.length > 0) this.socket.setMaxListeners(0);
    const pool = this.owner.pools.of(exchange.service!, exchange.backend!);
    this.current = new UpgradeAttempt(exchange, pool.agent, this);
    this.owner.upgradeWith(this.current, this.request, this.socket, this.early);
    this.early = null;
  }

  refuse(reason: DropReason): void {
    this.release();
    if (this.exchange.hasResponseStarted) this.connection.cut();
    else answerRaw(this.connection, this.exchange, reason);
  }

  clientGone(): void {
    this.countTunnel();
    const { pipeline } = this.owner;
    // Whoever closes a tunnel ends it; that is how they all end.
    if (this.upstream !== null) pipeline.completed(this.exchange);
    else pipeline.clientClosed(this.exchange);
    this.upstream?.destroySoon();
    this.release();
  }

  bodyInvalid(): void {
    this.connection.cut();
  }

  shutDown(): void {
    this.countTunnel();
    this.owner.pipeline.drop(this.exchange, 'shutting_down');
  }

  connected(): void {
    this.await(Waiting.answer, this.exchange.settings.timeouts.responseMs);
  }

  upgraded(upstream: Socket, head: Buffer): void {
    this.deadlineMs = Infinity;
    this.waiting = Waiting.nothing;
    this.upstream = upstream;
    this.headBytesOut = upstream.bytesRead - head.length;
    this.owner.pipeline.responseStarted(this.exchange, 101);
    upstream.once('error', () => this.onUpstreamError());
    upstream.once('close', () => this.socket.destroySoon());
    // Reads from and writes to the client both count as life: its timer watches both directions.
    this.socket.setTimeout(this.exchange.settings.timeouts.tunnelIdleMs, () => this.connection.cut());
  }

  declined(response: IncomingMessage): void {
    const { exchange } = this;
    this.owner.pipeline.responseStarted(exchange, response.statusCode!);
    this.await(Waiting.backend, exchange.settings.timeouts.responseMs);
    response.on('data', (chunk: Buffer) => {
      exchange.bytesOut += chunk.length;
      this.await(Waiting.backend, exchange.settings.timeouts.responseMs);
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

  failedAttempt(failure: AttemptFailure): void {
    this.current = null;
    this.owner.pipeline.attemptFailed(this.exchange, failure);
  }

  onDeadline(nowMs: number): void {
    this.deadlineMs = Infinity;
    if (nowMs >= this.overallMs) return this.owner.pipeline.drop(this.exchange, 'request_timeout');
    if (this.waiting === Waiting.connection)
      this.current?.fail({ outcome: 'connect_timeout', retry: 'always' });
    else if (this.waiting !== Waiting.nothing) {
      this.current?.fail({ outcome: 'response_timeout', retry: 'never' });
    }
  }

  private await(waiting: Waiting, limitMs: number): void {
    this.waiting = waiting;
    this.deadlineMs = Math.min(this.overallMs, this.owner.ticker.nowMs + limitMs);
  }

  private onUpstreamError(): void {
    this.countTunnel();
    this.owner.pipeline.attemptFailed(this.exchange, { outcome: 'truncated', retry: 'never' });
  }

  private countTunnel(): void {
    if (this.upstream === null || this.exchange.isFinished) return;
    this.exchange.bytesIn = this.socket.bytesRead - this.headBytesIn;
    this.exchange.bytesOut = this.upstream.bytesRead - this.headBytesOut;
  }

  private release(): void {
    this.owner.ticker.remove(this);
    this.deadlineMs = Infinity;
    this.current?.abandon();
    this.current = null;
  }
}

function ignore(): void {}
