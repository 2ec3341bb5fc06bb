import type { ClientRequest, IncomingMessage, InformationEvent } from 'node:http';
import type { Socket } from 'node:net';
import { acceptsTrailers } from '../forwarding-headers.js';
import { type AttemptOwner, UpstreamAttempt } from './upstream-attempt.js';

/** The session that a plain request's attempt belongs to. */
export interface PlainAttemptOwner extends AttemptOwner {
  informed(information: InformationEvent): void;
  responded(response: IncomingMessage): void;
  readonly isChunked: boolean;
}

/** One try of a plain request. */
export class PlainAttempt extends UpstreamAttempt<PlainAttemptOwner> {
  private response: IncomingMessage | null = null;

  protected override get isAnswered(): boolean {
    return this.response !== null;
  }

  /** The request has been given a socket, which may still be connecting. */
  override bind(request: ClientRequest): void {
    super.bind(request);
    this.awaitConnection(request, request.socket!);
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

  protected override listen(request: ClientRequest): void {
    this.takeOverErrors(request);
    request.on('response', (response) => this.onResponse(response));
    request.on('information', (information) => this.onInformation(information));
    // Without a listener Node would cut the connection; with one we do, and say why.
    request.on('upgrade', (_response, socket) => this.onUnaskedUpgrade(socket));
  }

  protected override writeHeaders(request: ClientRequest): void {
    const { isChunked } = this.owner;
    // The library adds `Content-Length: 0` to a DELETE or OPTIONS; the client's own framing is set below.
    request.removeHeader('content-length');
    super.writeHeaders(request, isChunked);
    if (isChunked) request.setHeader('Transfer-Encoding', 'chunked');
    if (!acceptsTrailers(this.exchange)) return;
    request.setHeader('TE', 'trailers');
    request.setHeader('Connection', 'keep-alive, TE');
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
}

function ignore(): void {}
