import { DROP_REASONS, type DropReason, monotonicMs } from '../../../common/contract/index.js';
import { type AttemptFailure, Exchange } from '../exchange.js';
import type { LaneSession } from '../lane.js';
import { problemText } from '../problem.js';
import { splitTarget } from '../receive/request-target.js';
import { failureOf } from '../upstream-failure.js';
import { REFUSAL_LIMIT_MS, timeOut, tryUntil, Waiting, type WaitingSession, waitsUntil } from '../waiting.js';
import { FieldId } from './field-names.js';
import { requestText } from './head-text.js';
import type { HedgedSession, RelayedExchange, SessionConnection } from './relayed-exchange.js';
import { RequestBody } from './request-body.js';
import { Framing } from './request-head.js';
import { ResponseRelay } from './response-relay.js';
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.js';
import { WireHedge } from './wire-hedge.js';
import { WireHead } from './wire-head.js';
import type { WireServices } from './wire-services.js';

/**
 * One exchange of a connection: its head, its attempts, its bodies. Kept and used again for another exchange, of whichever
 * connection, so that an idle connection holds none of it.
 */
export class WireSession
  implements LaneSession, UpstreamUser, RelayedExchange, HedgedSession, WaitingSession
{
  readonly lane = 'wire';
  readonly head: WireHead;
  readonly body: RequestBody;
  readonly relay: ResponseRelay;
  exchange!: Exchange;
  connection!: SessionConnection;
  upstream: UpstreamConnection | null = null;
  isAnswered = false;
  private waiting: Waiting = Waiting.nothing;
  /** When the whole exchange must be over. */
  private overallMs = Infinity;
  /** When the running attempt must have its response head. */
  private tryMs = Infinity;
  private hedge: WireHedge | null = null;

  constructor(private readonly services: WireServices) {
    this.head = new WireHead(services.limits);
    this.body = new RequestBody(this, services.limits);
    this.relay = new ResponseRelay(this, services.pipeline);
  }

  /** A head begins to arrive on a connection. */
  open(connection: SessionConnection): void {
    this.connection = connection;
    this.isAnswered = false;
    this.waiting = Waiting.nothing;
    this.overallMs = Infinity;
    this.tryMs = Infinity;
    this.head.reset();
    this.head.peer = connection.peer;
    this.head.localPort = connection.localPort;
  }

  /** The head is complete. */
  start(): void {
    this.exchange = new Exchange(this, this.head);
    this.body.begin();
    this.services.pipeline.start(this.exchange);
  }

  /** The head will never be complete, or is none. */
  startRefused(reason: DropReason): void {
    this.makePartialExchange();
    this.services.pipeline.refuse(this.exchange, reason);
  }

  /** Reading the head threw, which must not be. */
  startCrashed(error: unknown): void {
    this.makePartialExchange();
    this.services.pipeline.refuseFaulty(this.exchange, error);
  }

  attempt(): void {
    const { exchange, services } = this;
    this.limitWhole();
    this.tryMs = Infinity;
    const pool = services.pools.of(exchange.service!, exchange.backend!);
    this.relay.begin();
    this.body.holdBack();
    this.upstream = pool.take(this);
    if (this.upstream !== null) {
      exchange.connectedMs = exchange.attemptStartedMs;
      this.send();
    } else {
      this.await(Waiting.connection);
      this.upstream = pool.connect(this);
    }
  }

  park(): void {
    this.limitWhole();
    this.body.holdBack();
    this.await(Waiting.turn);
  }

  refuse(reason: DropReason): void {
    const { exchange, connection } = this;
    this.abandonUpstream();
    if (exchange.hasResponseStarted && this.head.minor === 0) return connection.cutShort();
    if (exchange.hasResponseStarted || this.isAnswered || 'logOnly' in DROP_REASONS[reason]) {
      return connection.cut();
    }
    this.isAnswered = true;
    this.waiting = Waiting.client;
    this.overallMs = Infinity;
    connection.deadlineMs = this.services.ticker.nowMs + REFUSAL_LIMIT_MS;
    if (this.mustClose(reason)) connection.closesAfterAnswer = true;
    const close = connection.closesAfterAnswer ? 'Connection: close\r\n' : '';
    if (connection.socket.send(problemText(exchange, reason, close))) connection.answerFlushed();
  }

  /** The client's connection has closed, or says its end before it was answered. */
  clientGone(): void {
    this.services.pipeline.clientClosed(this.exchange);
    this.abandonUpstream();
  }

  /**
   * Whether the client waits to be told to go on (RFC 9110 section 10.1.1): answered otherwise, it may send its body or
   * not, and nobody can know where the next request begins.
   */
  get leavesBodyOpen(): boolean {
    return !this.body.isTouched && !this.body.isComplete && this.head.indexOf(FieldId.expect) >= 0;
  }

  cut(): void {
    this.connection.cut();
  }

  /** The time to drain is over. */
  shutDown(): void {
    this.services.pipeline.drop(this.exchange, 'shutting_down');
  }

  /** Something here threw that must not. */
  crashed(error: unknown): void {
    this.services.pipeline.failed(this.exchange, error);
  }

  /** The request's body turned out not to be HTTP, or larger than the service takes. */
  bodyRefused(): void {
    this.services.pipeline.drop(this.exchange, this.body.isTooLarge ? 'body_too_large' : 'bad_request');
  }

  /** The client has taken everything that was sent to it. */
  clientFlushed(): void {
    if (this.isAnswered) this.finish();
    else if (this.upstream !== null && this.relay.isHeldUp) this.relay.goOn();
  }

  finish(): void {
    this.services.pipeline.completed(this.exchange);
    this.connection.answerFlushed();
  }

  onDeadline(nowMs: number): void {
    const { pipeline } = this.services;
    if (nowMs >= this.overallMs) return pipeline.drop(this.exchange, 'request_timeout');
    timeOut(this, this.waiting, pipeline);
  }

  await(waiting: Waiting): void {
    this.waiting = waiting;
    const { nowMs } = this.services.ticker;
    const untilMs = waitsUntil(this.exchange, waiting, nowMs);
    if (this.exchange.retries.perTryMs > 0) this.tryMs = tryUntil(this.exchange, waiting, nowMs, this.tryMs);
    this.connection.deadlineMs = Math.min(this.overallMs, this.tryMs, untilMs);
  }

  get hedging(): WireHedge {
    this.hedge ??= new WireHedge(this, this.services);
    return this.hedge;
  }

  adopt(upstream: UpstreamConnection): void {
    this.abandonUpstream();
    this.relay.begin();
    this.upstream = upstream;
    upstream.user = this;
    this.tryMs = Infinity;
    this.await(upstream.isConnected ? Waiting.response : Waiting.connection);
  }

  get isRepeatable(): boolean {
    return this.body.isRepeatable;
  }

  get isAwaiting(): Waiting {
    return this.waiting;
  }

  upstreamConnected(): void {
    this.exchange.connectedMs = monotonicMs();
    try {
      this.send();
    } catch (error) {
      this.crashed(error);
    }
    this.connection.proceed();
  }

  upstreamArrived(bytes: Buffer, length: number): void {
    try {
      this.relay.arrived(bytes, length);
    } catch (error) {
      this.crashed(error);
    }
    this.connection.proceed();
  }

  upstreamFlushed(): void {
    this.body.flushed();
    this.connection.proceed();
  }

  upstreamEnded(): void {
    this.relay.ended();
    this.connection.proceed();
  }

  upstreamClosed(): void {
    if (this.upstream === null) return;
    this.relay.closed();
    this.connection.proceed();
  }

  fail(failure: AttemptFailure): void {
    this.abandonUpstream();
    this.services.pipeline.attemptFailed(this.exchange, failure);
  }

  broken(): void {
    const { isConnected } = this.upstream!;
    this.fail(failureOf(null, { isConnected, isRepeatable: this.isRepeatable }));
  }

  responseArrived(isReusable: boolean, isFlushed: boolean): void {
    const upstream = this.upstream!;
    this.upstream = null;
    if (isReusable && this.body.isComplete && upstream.response.isPersistent) upstream.release(isFlushed);
    else upstream.abandon();
  }

  private limitWhole(): void {
    const { requestMs } = this.exchange.timeouts;
    if (requestMs > 0) this.overallMs = this.exchange.startedMs + requestMs;
  }

  /** Lets go of the backend's side. */
  private abandonUpstream(): void {
    this.connection.deadlineMs = Infinity;
    const { upstream } = this;
    this.upstream = null;
    upstream?.abandon();
  }

  /** With what can be told of a head that was not read to its end. */
  private makePartialExchange(): void {
    const { head } = this;
    if (head.text === '') head.salvage();
    this.exchange = new Exchange(this, head);
    this.body.begin();
    splitTarget(this.exchange, head.target);
  }

  private send(): void {
    const text = requestText(this.exchange, this.head);
    if (this.head.framing === Framing.none) {
      this.upstream!.socket.send(text);
      this.await(Waiting.response);
    } else {
      this.body.beginSending(text);
      this.await(Waiting.body);
      this.body.resend();
    }
  }

  /** A request that was not understood, or whose rest will not be waited for, leaves nothing to go on from. */
  private mustClose(reason: DropReason): boolean {
    return (
      this.connection.isDraining ||
      !this.head.isPersistent ||
      this.leavesBodyOpen ||
      reason === 'body_timeout' ||
      reason === 'body_too_large' ||
      reason in HEAD_REFUSALS
    );
  }
}

/** Reasons for which a head is refused before its end is known. */
const HEAD_REFUSALS: Readonly<Partial<Record<DropReason, true>>> = {
  bad_request: true,
  head_timeout: true,
  uri_too_long: true,
  head_too_large: true,
};
