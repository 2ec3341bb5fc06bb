import type { Agent, ClientRequest, IncomingMessage, InformationEvent } from 'node:http';
import type { Socket } from 'node:net';
import { monotonicMs } from '../../../common/contract/index.js';
import type { AttemptFailure, Exchange } from '../exchange.js';
import { acceptsTrailers, requestHeaders } from '../forwarding-headers.js';
import type { ForwardedAttempt } from './forwarder.js';
import { failureOf } from './upstream-failure.js';

/** The session an attempt belongs to. */
export interface AttemptOwner {
  /** The connection stands; the request head has not been sent yet. */
  connected(request: ClientRequest): void;
  informed(information: InformationEvent): void;
  responded(response: IncomingMessage): void;
  failedAttempt(failure: AttemptFailure): void;
  /** Something here threw that must not. */
  crashed(error: unknown): void;
  readonly isRepeatable: boolean;
  readonly isChunked: boolean;
}

/**
 * One try of a plain request against one backend. Reports to its owner until it fails or is abandoned, then never again,
 * whatever its connection still does.
 */
export class UpstreamAttempt implements ForwardedAttempt {
  private request: ClientRequest | null = null;
  private response: IncomingMessage | null = null;
  private isConnected = false;
  private isOver = false;

  constructor(
    readonly exchange: Exchange,
    readonly agent: Agent,
    private readonly owner: AttemptOwner,
  ) {}

  /** The request has been given a socket, which may still be connecting. */
  bind(request: ClientRequest): void {
    if (this.isOver) {
      request.destroy();
      return;
    }
    this.request = request;
    // Taken over from the library, whose error events do not say which attempt they mean.
    request.removeAllListeners('error');
    request.on('error', (error) => this.onError(error));
    request.on('close', () => this.onClose());
    request.on('response', (response) => this.onResponse(response));
    request.on('information', (information) => this.onInformation(information));
    // Without a listener Node would cut the connection; with one we do, and say why.
    request.on('upgrade', (_response, socket) => this.onUnaskedUpgrade(socket));
    try {
      this.writeHeaders(request);
    } catch (error) {
      return this.onError(error);
    }
    this.awaitConnection(request);
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

  /** The response is whole: the connection goes back to its pool by itself. */
  complete(): void {
    this.isOver = true;
  }

  /**
   * Gives up a response whose head could not be passed on, so that the client can be answered something else. The library
   * would close the client's connection when a response closes early: its listeners go.
   */
  discardResponse(): void {
    this.response?.removeAllListeners('close').removeAllListeners('error').on('error', ignore);
  }

  private writeHeaders(request: ClientRequest): void {
    // The library adds `Content-Length: 0` to a DELETE or OPTIONS; the client's own framing is set below.
    request.removeHeader('content-length');
    const headers = requestHeaders(this.exchange, this.owner.isChunked);
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index]!;
      // Node has set `Host` to the backend's address already.
      if (name === 'Host') request.setHeader(name, headers[index + 1]!);
      else request.appendHeader(name, headers[index + 1]!);
    }
    if (this.owner.isChunked) request.setHeader('Transfer-Encoding', 'chunked');
    if (!acceptsTrailers(this.exchange)) return;
    request.setHeader('TE', 'trailers');
    request.setHeader('Connection', 'keep-alive, TE');
  }

  private awaitConnection(request: ClientRequest): void {
    const socket = request.socket!;
    if (request.reusedSocket || !isConnecting(socket)) return this.onConnected(true);
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => this.onConnected(false));
  }

  private onConnected(isReused: boolean): void {
    if (this.isOver || this.isConnected) return;
    this.isConnected = true;
    this.exchange.connectedMs = isReused ? this.exchange.attemptStartedMs : monotonicMs();
    try {
      this.owner.connected(this.request!);
    } catch (error) {
      this.owner.crashed(error);
    }
  }

  private onInformation(information: InformationEvent): void {
    if (!this.isOver) this.owner.informed(information);
  }

  private onResponse(response: IncomingMessage): void {
    if (this.isOver) return;
    this.response = response;
    try {
      this.owner.responded(response);
    } catch (error) {
      this.owner.crashed(error);
    }
  }

  private onUnaskedUpgrade(socket: Socket): void {
    socket.destroy();
    this.fail({ outcome: 'bad_response', retry: 'never' });
  }

  private onError(error: unknown): void {
    if (this.isOver || this.response !== null) return;
    const { isConnected, owner } = this;
    this.fail(failureOf(error, { isConnected, isRepeatable: owner.isRepeatable }));
  }

  /** Closed without an error and without a response. */
  private onClose(): void {
    if (this.response === null) this.fail({ outcome: 'bad_response', retry: 'never' });
  }
}

function isConnecting(socket: Socket): boolean {
  return socket.connecting || ('secureConnecting' in socket && socket.secureConnecting === true);
}

function ignore(): void {}
