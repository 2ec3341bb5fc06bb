import { monotonicMs } from '../../../common/contract/index.js';
import type { AttemptFailure } from '../exchange.js';
import type { HedgingSession } from '../lane.js';
import { failureOf } from '../upstream-failure.js';
import { requestText } from './head-text.js';
import type { HedgedSession } from './relayed-exchange.js';
import { Framing } from './request-head.js';
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.js';
import type { WireServices } from './wire-services.js';

/** The attempt beside a session's own: a connection that becomes the session's when it is the first to be answered. */
export class WireHedge implements UpstreamUser, HedgingSession {
  private upstream: UpstreamConnection | null = null;

  constructor(
    private readonly session: HedgedSession,
    private readonly services: WireServices,
  ) {}

  get isPossible(): boolean {
    return this.session.head.framing === Framing.none;
  }

  start(): void {
    const { exchange } = this.session;
    const hedge = exchange.hedge!;
    const pool = this.services.pools.of(exchange.service!, hedge.backend);
    this.upstream = pool.take(this);
    if (this.upstream === null) {
      this.upstream = pool.connect(this);
      return;
    }
    hedge.connectedMs = hedge.attemptStartedMs;
    this.send();
  }

  abandon(): void {
    const { upstream } = this;
    this.upstream = null;
    upstream?.abandon();
  }

  promote(): void {
    const upstream = this.upstream!;
    this.upstream = null;
    this.session.adopt(upstream);
  }

  upstreamConnected(): void {
    const { session } = this;
    session.exchange.hedge!.connectedMs = monotonicMs();
    try {
      this.send();
    } catch (error) {
      session.crashed(error);
    }
  }

  upstreamArrived(bytes: Buffer, length: number): void {
    this.services.pipeline.hedgeWon(this.session.exchange);
    this.session.upstreamArrived(bytes, length);
  }

  upstreamFlushed(): void {
    // There is nothing but the head to send.
  }

  upstreamEnded(): void {
    this.broken();
  }

  upstreamClosed(): void {
    this.broken();
  }

  private send(): void {
    const { exchange, head } = this.session;
    this.upstream!.socket.send(requestText(exchange, head, exchange.hedge!.backend));
  }

  private broken(): void {
    if (this.upstream === null) return;
    const failure: AttemptFailure = failureOf(null, {
      isConnected: this.upstream.isConnected,
      isRepeatable: true,
    });
    this.abandon();
    this.services.pipeline.hedgeFailed(this.session.exchange, failure);
  }
}
