import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import type { DropReason } from '../../../common/contract/index.js';
import type { Timed } from '../deadline.ticker.js';
import { type AttemptFailure, Exchange } from '../exchange.js';
import type { LaneSession } from '../lane.js';
import { timeOut, tryUntil, Waiting, type WaitingSession, waitsUntil } from '../waiting.js';
import type { ClientConnection, ConnectionUser } from './client-connection.js';
import { IncomingHead } from './incoming-head.js';
import type { LaneServices } from './lane-services.js';
import type { AttemptOwner, UpstreamAttempt } from './upstream-attempt.js';

/** The life of an exchange on Node's HTTP server, be it a plain request or an upgrade: its attempts and its deadlines. */
export abstract class ExchangeSession<Attempt extends UpstreamAttempt>
  implements LaneSession, Timed, ConnectionUser, AttemptOwner, WaitingSession
{
  readonly lane = 'http';
  readonly exchange: Exchange;
  deadlineMs = Infinity;
  protected readonly head: IncomingHead;
  protected current: Attempt | null = null;
  protected waiting: Waiting = Waiting.nothing;
  /** When the whole exchange must be over. */
  protected overallMs = Infinity;
  /** When the running attempt must have its response head. */
  private tryMs = Infinity;

  constructor(
    protected readonly owner: LaneServices,
    protected readonly connection: ClientConnection,
    protected readonly request: IncomingMessage,
  ) {
    this.head = new IncomingHead(request, connection.socket);
    this.exchange = new Exchange(this, this.head);
  }

  abstract readonly isRepeatable: boolean;
  abstract readonly isBodyComplete: boolean;
  abstract refuse(reason: DropReason): void;
  abstract clientGone(): void;
  abstract bodyInvalid(): void;
  abstract connected(request: ClientRequest): void;

  /** Makes an attempt over the connections of `agent` and has the library send it. */
  protected abstract send(agent: Agent): Attempt;

  run(): void {
    this.owner.ticker.add(this);
    const refusal = this.connection.listener.refusalOf(this.head);
    if (refusal === null) this.owner.pipeline.start(this.exchange);
    else this.owner.pipeline.refuse(this.exchange, refusal);
  }

  attempt(): void {
    const { exchange } = this;
    this.limitWhole();
    this.awaitAnew(Waiting.connection);
    this.current = this.send(this.owner.pools.of(exchange.service!, exchange.backend!).agent);
  }

  park(): void {
    this.limitWhole();
    this.await(Waiting.turn);
  }

  fail(failure: AttemptFailure): void {
    this.current?.fail(failure);
  }

  cut(): void {
    this.connection.cut();
  }

  failedAttempt(failure: AttemptFailure): void {
    this.current = null;
    this.owner.pipeline.attemptFailed(this.exchange, failure);
  }

  crashed(error: unknown): void {
    this.owner.pipeline.failed(this.exchange, error);
  }

  shutDown(): void {
    this.owner.pipeline.drop(this.exchange, 'shutting_down');
  }

  onDeadline(nowMs: number): void {
    this.deadlineMs = Infinity;
    if (nowMs >= this.overallMs) return this.owner.pipeline.drop(this.exchange, 'request_timeout');
    timeOut(this, this.waiting, this.owner.pipeline);
  }

  /** Waits for something from now on, and no longer than the service allows. */
  protected await(waiting: Waiting): void {
    const { exchange } = this;
    const { nowMs } = this.owner.ticker;
    this.waiting = waiting;
    this.tryMs = tryUntil(exchange, waiting, nowMs, this.tryMs);
    this.deadlineMs = Math.min(this.overallMs, this.tryMs, waitsUntil(exchange, waiting, nowMs));
  }

  /** The same for an attempt that has just become the session's own. */
  protected awaitAnew(waiting: Waiting): void {
    this.tryMs = Infinity;
    this.await(waiting);
  }

  private limitWhole(): void {
    const { requestMs } = this.exchange.timeouts;
    if (requestMs > 0) this.overallMs = this.exchange.startedMs + requestMs;
  }

  /** Lets go of the backend's side. */
  protected release(): void {
    this.deadlineMs = Infinity;
    this.current?.abandon();
    this.current = null;
  }
}
