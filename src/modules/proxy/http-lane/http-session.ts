import type { ClientRequest, IncomingMessage, InformationEvent, ServerResponse } from 'node:http';
import { DROP_REASONS, type DropReason } from '../../../common/contract/index.js';
import type { Timed } from '../deadline.ticker.js';
import { type AttemptFailure, Exchange } from '../exchange.js';
import { endToEndHeaders } from '../forwarding-headers.js';
import type { LaneSession } from '../lane.js';
import { problemOf } from '../problem.js';
import type { ClientConnection, ConnectionUser } from './client-connection.js';
import { IncomingHead } from './incoming-head.js';
import type { LaneServices } from './lane-services.js';
import { type BodyObserver, RequestBody } from './request-body.js';
import { type RelayObserver, ResponseRelay } from './response-relay.js';
import { type AttemptOwner, UpstreamAttempt } from './upstream-attempt.js';

/** What a session waits for, and so what its present deadline means. */
const Waiting = { nothing: 0, connection: 1, body: 2, response: 3, backend: 4, client: 5 } as const;
type Waiting = (typeof Waiting)[keyof typeof Waiting];

/** A client that does not even take a refusal is cut off after this time. */
const REFUSAL_LIMIT_MS = 10_000;

/** One plain request on Node's HTTP server: its attempts, its deadlines, its answer. */
export class HttpSession
  implements LaneSession, Timed, ConnectionUser, AttemptOwner, BodyObserver, RelayObserver
{
  readonly lane = 'http';
  readonly exchange: Exchange;
  deadlineMs = Infinity;
  private readonly head: IncomingHead;
  private readonly body: RequestBody;
  private current: UpstreamAttempt | null = null;
  private waiting: Waiting = Waiting.nothing;
  /** When the whole exchange must be over. */
  private overallMs = Infinity;

  constructor(
    private readonly owner: LaneServices,
    private readonly connection: ClientConnection,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    this.head = new IncomingHead(request, connection.socket);
    this.exchange = new Exchange(this, this.head);
    this.body = new RequestBody(request, this.exchange, this);
  }

  get isChunked(): boolean {
    return this.head.isChunked;
  }

  get isRepeatable(): boolean {
    return !this.body.isTouched;
  }

  get isBodyComplete(): boolean {
    return this.request.complete;
  }

  run(): void {
    this.response.once('finish', () => this.onFinish());
    this.owner.ticker.add(this);
    const refusal = this.connection.listener.refusalOf(this.head);
    if (refusal === null) this.owner.pipeline.start(this.exchange);
    else this.owner.pipeline.refuse(this.exchange, refusal);
  }

  attempt(): void {
    const { exchange } = this;
    const { requestMs } = exchange.settings.timeouts;
    if (requestMs > 0) this.overallMs = exchange.startedMs + requestMs;
    this.await(Waiting.connection);
    // The library listens anew for each attempt.
    if (exchange.attempts.length > 0) this.response.setMaxListeners(0);
    const pool = this.owner.pools.of(exchange.service!, exchange.backend!);
    this.current = new UpstreamAttempt(exchange, pool.agent, this);
    this.owner.forward(this.current, this.request, this.response);
  }

  refuse(reason: DropReason): void {
    this.release();
    const { exchange, response } = this;
    if (response.headersSent || 'logOnly' in DROP_REASONS[reason]) return void this.connection.cut();
    this.waiting = Waiting.client;
    this.overallMs = Infinity;
    this.deadlineMs = this.owner.ticker.nowMs + REFUSAL_LIMIT_MS;
    const problem = problemOf(exchange, reason);
    if (this.mustClose(reason)) problem.headers.push('Connection', 'close');
    this.connection.prepareEnd(this.request);
    response.writeHead(problem.status, problem.statusText, problem.headers);
    if (exchange.head.method === 'HEAD') return void response.end();
    exchange.bytesOut = problem.body.length;
    response.end(problem.body);
  }

  /** The client's connection has closed. */
  clientGone(): void {
    this.owner.pipeline.clientClosed(this.exchange);
    this.release();
    this.end();
  }

  /** The request's body turned out not to be HTTP. */
  bodyInvalid(): void {
    this.owner.pipeline.drop(this.exchange, 'bad_request');
  }

  shutDown(): void {
    this.owner.pipeline.drop(this.exchange, 'shutting_down');
  }

  connected(request: ClientRequest): void {
    if (!this.head.hasBody) {
      this.await(Waiting.response);
      request.end();
      return;
    }
    this.await(Waiting.body);
    // Not only for `Expect`: many a backend decides on the head, and the body's first piece may be long in coming.
    request.flushHeaders();
    this.body.sendTo(request);
  }

  bodyMoved(isHeldUp: boolean): void {
    if (this.waiting === Waiting.body || this.waiting === Waiting.response) {
      this.await(isHeldUp ? Waiting.response : Waiting.body);
    } else this.await(this.waiting);
  }

  bodySent(): void {
    if (this.waiting === Waiting.body) this.await(Waiting.response);
  }

  crashed(error: unknown): void {
    this.owner.pipeline.failed(this.exchange, error);
  }

  /** An interim response (RFC 9110 section 15.2): passed on as it comes. */
  informed(information: InformationEvent): void {
    const { response } = this;
    if (!this.head.takesInterimResponses || response.headersSent) return;
    try {
      if (information.statusCode === 100) response.writeContinue();
      else this.relayInformation(information);
    } catch {
      // Fields that HTTP does not allow. Interim responses are optional, the final one decides.
    }
  }

  responded(upstream: IncomingMessage): void {
    const relay = new ResponseRelay(upstream, this.response, this.exchange, this);
    try {
      if (!ResponseRelay.canRelay(upstream)) throw new TypeError('transfer coding that cannot be passed on');
      relay.writeHead(this.connection.listener.isDraining);
    } catch {
      this.current!.discardResponse();
      this.current!.fail({ outcome: 'bad_response', retry: 'never' });
      return;
    }
    this.owner.pipeline.responseStarted(this.exchange, upstream.statusCode!);
    this.await(Waiting.backend);
    relay.start();
  }

  responseMoved(isHeldUp: boolean): void {
    this.await(isHeldUp ? Waiting.client : Waiting.backend);
  }

  responseArrived(): void {
    this.await(Waiting.client);
    this.body.stop();
    if (this.request.complete) this.current?.complete();
    else this.current?.abandon();
    this.connection.prepareEnd(this.request);
  }

  responseBroken(): void {
    this.current?.fail({ outcome: 'truncated', retry: 'never' });
  }

  failedAttempt(failure: AttemptFailure): void {
    this.current = null;
    this.owner.pipeline.attemptFailed(this.exchange, failure);
  }

  onDeadline(nowMs: number): void {
    this.deadlineMs = Infinity;
    if (nowMs >= this.overallMs) return this.owner.pipeline.drop(this.exchange, 'request_timeout');
    switch (this.waiting) {
      case Waiting.connection:
        return this.current?.fail({ outcome: 'connect_timeout', retry: 'always' });
      case Waiting.body:
        return this.owner.pipeline.drop(this.exchange, 'body_timeout');
      case Waiting.response:
      case Waiting.backend:
        // Another backend would make the client wait as long again, while this one still works on the request.
        return this.current?.fail({ outcome: 'response_timeout', retry: 'never' });
      case Waiting.client:
        return this.connection.cut();
    }
  }

  private await(waiting: Waiting): void {
    this.waiting = waiting;
    const limitMs = this.limitMs(waiting);
    this.deadlineMs = Math.min(this.overallMs, limitMs === 0 ? Infinity : this.owner.ticker.nowMs + limitMs);
  }

  private limitMs(waiting: Waiting): number {
    const { timeouts } = this.exchange.settings;
    switch (waiting) {
      case Waiting.connection:
        return timeouts.connectMs;
      case Waiting.body:
      case Waiting.client:
        return timeouts.bodyMs;
      case Waiting.response:
      case Waiting.backend:
        return timeouts.responseMs;
      default:
        return 0;
    }
  }

  private relayInformation(information: InformationEvent): void {
    this.response.writeInformation(information.statusCode, endToEndHeaders(information.rawHeaders, false));
  }

  /** A request that was not understood, or whose rest will not be waited for, leaves nothing to go on from. */
  private mustClose(reason: DropReason): boolean {
    return this.connection.listener.isDraining || reason === 'bad_request' || reason === 'body_timeout';
  }

  /** Lets go of the backend's side. */
  private release(): void {
    this.deadlineMs = Infinity;
    this.body.stop();
    this.current?.abandon();
    this.current = null;
  }

  /** The answer has been handed to the kernel. */
  private onFinish(): void {
    this.owner.pipeline.completed(this.exchange);
    this.end();
  }

  private end(): void {
    this.owner.ticker.remove(this);
    this.connection.ended(this, this.request);
  }
}
