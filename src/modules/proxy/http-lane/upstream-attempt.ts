import type { Agent, ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { monotonicMs } from '../../../common/contract/index.js';
import type { BackendRuntime } from '../../balancer/index.js';
import type { AttemptFailure, Exchange } from '../exchange.js';
import { requestHeaders } from '../forwarding-headers.js';
import type { ForwardedAttempt } from './forwarder.js';
import { failureOf } from '../upstream-failure.js';

/** The session an attempt belongs to. */
export interface AttemptOwner {
  /** The connection stands; the request head has not been sent yet. */
  connected(request: ClientRequest): void;
  failedAttempt(failure: AttemptFailure): void;
  /** Something here threw that must not. */
  crashed(error: unknown): void;
  /** Whether the request can be sent a second time. */
  readonly isRepeatable: boolean;
}

/**
 * One try against one backend, whatever is asked of it. Reports to its owner until it fails or is abandoned, then never
 * again, whatever its connection still does.
 */
export abstract class UpstreamAttempt<Owner extends AttemptOwner = AttemptOwner> implements ForwardedAttempt {
  protected request: ClientRequest | null = null;
  protected isOver = false;
  private isConnected = false;

  constructor(
    readonly exchange: Exchange,
    readonly agent: Agent,
    protected owner: Owner,
    readonly backend: BackendRuntime = exchange.backend!,
  ) {}

  /** Whether the library has made its request: another one can be made for the same exchange. */
  get isBound(): boolean {
    return this.request !== null;
  }

  /** Reports to somebody else from now on. */
  handTo(owner: Owner): void {
    this.owner = owner;
  }

  /** Whether a response head has arrived: errors from then on are the response's. */
  protected abstract readonly isAnswered: boolean;

  /** Listens for errors and for what the backend answers. */
  protected abstract listen(request: ClientRequest): void;

  bind(request: ClientRequest): void {
    if (this.isOver) return void request.destroy();
    this.request = request;
    request.on('close', () => this.onClose());
    this.listen(request);
    try {
      this.writeHeaders(request);
    } catch (error) {
      this.onError(error);
    }
  }

  forwardingFailed(error: unknown): void {
    if (this.request === null) this.onError(error);
  }

  fail(failure: AttemptFailure): void {
    if (this.isOver) return;
    this.abandon();
    this.owner.failedAttempt(failure);
  }

  /** Ends what runs, without a report. */
  abandon(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.request?.destroy();
  }

  /** Throws for a field that HTTP does not allow. */
  protected writeHeaders(request: ClientRequest, keepsTrailers = false): void {
    const headers = requestHeaders(this.exchange, keepsTrailers, this.backend);
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index]!;
      // Node has set `Host` to the backend's address already.
      if (name === 'Host') request.setHeader(name, headers[index + 1]!);
      else request.appendHeader(name, headers[index + 1]!);
    }
  }

  /** Takes errors over from the library, whose events do not say which attempt they mean. */
  protected takeOverErrors(request: ClientRequest): void {
    request.removeAllListeners('error');
    request.on('error', (error) => this.onError(error));
  }

  /** Reports when the connection stands; `socket` may have come from the pool. */
  protected awaitConnection(request: ClientRequest, socket: Socket): void {
    if (this.isOver) return;
    if (request.reusedSocket || !isConnecting(socket)) return this.onConnected(true);
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => this.onConnected(false));
  }

  private onConnected(isReused: boolean): void {
    if (this.isOver || this.isConnected) return;
    this.isConnected = true;
    const { exchange } = this;
    const attempt = exchange.hedge?.backend === this.backend ? exchange.hedge : exchange;
    attempt.connectedMs = isReused ? attempt.attemptStartedMs : monotonicMs();
    try {
      this.owner.connected(this.request!);
    } catch (error) {
      this.owner.crashed(error);
    }
  }

  private onError(error: unknown): void {
    if (this.isOver || this.isAnswered) return;
    const { isConnected, owner } = this;
    this.fail(failureOf(error, { isConnected, isRepeatable: owner.isRepeatable }));
  }

  /** Without an error, and perhaps without a response. */
  private onClose(): void {
    if (!this.isAnswered) this.fail({ outcome: 'bad_response', retry: 'never' });
  }
}

function isConnecting(socket: Socket): boolean {
  return socket.connecting || ('secureConnecting' in socket && socket.secureConnecting === true);
}
