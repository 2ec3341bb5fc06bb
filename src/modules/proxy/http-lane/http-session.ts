import type { Agent, ClientRequest, IncomingMessage, InformationEvent, ServerResponse } from 'node:http';
import { DROP_REASONS, type DropReason } from '../../../common/contract/index.js';
import { interimHeaders } from '../forwarding-headers.js';
import type { AttemptFailure } from '../exchange.js';
import { problemOf } from '../problem.js';
import type { ClientConnection } from './client-connection.js';
import { REFUSAL_LIMIT_MS, Waiting } from '../waiting.js';
import { ExchangeSession } from './exchange-session.js';
import { type HedgedSession, HttpHedge } from './http-hedge.js';
import type { LaneServices } from './lane-services.js';
import { PlainAttempt, type PlainAttemptOwner } from './plain-attempt.js';
import { type BodyObserver, RequestBody } from './request-body.js';
import { type RelayObserver, ResponseRelay } from './response-relay.js';

/** One plain request and its answer. */
export class HttpSession
  extends ExchangeSession<PlainAttempt>
  implements HedgedSession, BodyObserver, RelayObserver
{
  private readonly body: RequestBody;
  private hedge: HttpHedge | null = null;

  constructor(
    owner: LaneServices,
    connection: ClientConnection,
    request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    super(owner, connection, request);
    this.body = new RequestBody(request, this.exchange, this);
  }

  get isChunked(): boolean {
    return this.head.isChunked;
  }

  override get isRepeatable(): boolean {
    return this.body.isRepeatable;
  }

  override get isBodyComplete(): boolean {
    return this.request.complete;
  }

  get hedging(): HttpHedge {
    this.hedge ??= new HttpHedge(this);
    return this.hedge;
  }

  /** The library finds an attempt by its request while it makes one: two at once it would mix up. */
  get isHedgeable(): boolean {
    return !this.head.hasBody && this.current !== null && this.current.isBound;
  }

  sendBeside(owner: PlainAttemptOwner): PlainAttempt {
    const { exchange, request, response } = this;
    const { backend } = exchange.hedge!;
    const { agent } = this.owner.pools.of(exchange.service!, backend);
    request.setMaxListeners(0);
    response.setMaxListeners(0);
    const attempt = new PlainAttempt(exchange, agent, owner, backend);
    this.owner.forward(attempt, request, response);
    return attempt;
  }

  adopt(attempt: PlainAttempt): void {
    this.current?.abandon();
    this.current = attempt;
    attempt.handTo(this);
    this.awaitAnew(this.exchange.connectedMs === 0 ? Waiting.connection : Waiting.response);
  }

  besideAnswered(): void {
    this.owner.pipeline.hedgeWon(this.exchange);
  }

  besideFailed(failure: AttemptFailure): void {
    this.owner.pipeline.hedgeFailed(this.exchange, failure);
  }

  override run(): void {
    this.response.once('finish', () => this.onFinish());
    super.run();
  }

  override refuse(reason: DropReason): void {
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
    response.end(problem.body, 'latin1');
  }

  /** The client's connection has closed. */
  override clientGone(): void {
    this.owner.pipeline.clientClosed(this.exchange);
    this.release();
    this.end();
  }

  /** The request's body turned out not to be HTTP. */
  override bodyInvalid(): void {
    this.owner.pipeline.drop(this.exchange, 'bad_request');
  }

  override connected(request: ClientRequest): void {
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

  bodyTooLarge(): void {
    this.owner.pipeline.drop(this.exchange, 'body_too_large');
  }

  bodyMoved(isHeldUp: boolean): void {
    if (this.waiting === Waiting.body || this.waiting === Waiting.response) {
      this.await(isHeldUp ? Waiting.response : Waiting.body);
    } else this.await(this.waiting);
  }

  bodySent(): void {
    if (this.waiting === Waiting.body) this.await(Waiting.response);
  }

  /** An interim response (RFC 9110 section 15.2): passed on as it comes. */
  informed(information: InformationEvent): void {
    const { response } = this;
    if (!this.head.takesInterimResponses || response.headersSent) return;
    // They are optional, and nothing holds a backend back that sends them without end to a client that does not read.
    if (this.connection.socket.writableNeedDrain) return;
    try {
      if (information.statusCode === 100) response.writeContinue();
      else this.relayInformation(information);
    } catch {
      // Fields that HTTP does not allow. Interim responses are optional, the final one decides.
    }
  }

  override failedAttempt(failure: AttemptFailure): void {
    // Nothing more is taken from the client until somebody takes it.
    this.body.stop();
    super.failedAttempt(failure);
  }

  responded(upstream: IncomingMessage): void {
    if (!this.owner.pipeline.takesResponse(this.exchange, upstream.statusCode!, this.isRepeatable)) {
      this.current!.discardResponse();
      this.current!.fail({ outcome: 'bad_status', retry: 'idempotent' });
      return;
    }
    const relay = new ResponseRelay(upstream, this.response, this.exchange, this);
    try {
      if (!ResponseRelay.canRelay(upstream)) throw new TypeError('a response that cannot be passed on');
      relay.writeHead(this.connection.listener.isDraining || this.mayHaveLost);
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

  protected override send(agent: Agent): PlainAttempt {
    const { request, response } = this;
    // The library listens anew for each attempt.
    if (this.exchange.attempts.length > 0) {
      request.setMaxListeners(0);
      response.setMaxListeners(0);
    }
    const attempt = new PlainAttempt(this.exchange, agent, this);
    this.owner.forward(attempt, request, response);
    return attempt;
  }

  protected override release(): void {
    this.body.stop();
    super.release();
  }

  private relayInformation(information: InformationEvent): void {
    this.response.writeInformation(information.statusCode, interimHeaders(information.rawHeaders));
  }

  /** A request that was not understood, or whose rest will not be waited for, leaves nothing to go on from. */
  private mustClose(reason: DropReason): boolean {
    return (
      this.mayHaveLost ||
      this.connection.listener.isDraining ||
      reason === 'bad_request' ||
      reason === 'body_timeout' ||
      reason === 'body_too_large'
    );
  }

  /** Node's parser drops what came in one piece with an upgrade that is not taken: nothing can be read behind it. */
  private get mayHaveLost(): boolean {
    return this.request.rawHeaders.some((each, index) => index % 2 === 0 && each.toLowerCase() === 'upgrade');
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
