import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { monotonicMs } from '../../../common/contract/index.js';
import type { AttemptFailure, Exchange } from '../exchange.js';
import { requestHeaders, responseHeaders } from '../forwarding-headers.js';
import type { ForwardedAttempt } from './forwarder.js';
import { failureOf } from './upstream-failure.js';

/** The session an attempt belongs to. */
export interface UpgradeOwner {
  connected(): void;
  /** The backend agreed; the library joins both sockets right after this. `head`: what came behind its answer. */
  upgraded(socket: Socket, head: Buffer): void;
  /** The backend answered something else; the library passes it on right after this. */
  declined(response: IncomingMessage): void;
  failedAttempt(failure: AttemptFailure): void;
}

/** A handshake is a GET without a body. */
const IS_REPEATABLE = true;

/** One try to get a backend to upgrade. Reports to its owner until it fails or is abandoned. */
export class UpgradeAttempt implements ForwardedAttempt {
  private request: ClientRequest | null = null;
  private isConnected = false;
  private isAnswered = false;
  private isOver = false;

  constructor(
    readonly exchange: Exchange,
    readonly agent: Agent,
    private readonly owner: UpgradeOwner,
  ) {}

  /** The request has been made in this very tick: our listeners come before the library's. */
  bind(request: ClientRequest): void {
    this.request = request;
    if (this.isOver) return void request.destroy();
    request.on('error', (error) => this.onError(error));
    request.once('socket', (socket) => this.onSocket(request, socket));
    request.on('upgrade', (response, socket, head) => this.onUpgrade(response, socket, head));
    request.on('response', (response) => this.onResponse(response));
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

  abandon(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.request?.destroy();
  }

  private writeHeaders(request: ClientRequest): void {
    const headers = requestHeaders(this.exchange, false);
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index]!;
      if (name === 'Host') request.setHeader(name, headers[index + 1]!);
      else request.appendHeader(name, headers[index + 1]!);
    }
  }

  /** The library would end the client's connection at any error; it may yet be served by another backend. */
  private onSocket(request: ClientRequest, socket: Socket): void {
    request.removeAllListeners('error');
    request.on('error', (error) => this.onError(error));
    if (request.reusedSocket || !socket.connecting) return this.onConnected(true);
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => this.onConnected(false));
  }

  private onConnected(isReused: boolean): void {
    if (this.isOver) return;
    this.isConnected = true;
    this.exchange.connectedMs = isReused ? this.exchange.attemptStartedMs : monotonicMs();
    this.owner.connected();
  }

  private onUpgrade(response: IncomingMessage, socket: Socket, head: Buffer): void {
    if (this.isOver) return void socket.destroy();
    this.isAnswered = true;
    const headers = responseHeaders(this.exchange, response.rawHeaders, false);
    headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
    response.headers = grouped(headers);
    this.owner.upgraded(socket, head);
  }

  private onResponse(response: IncomingMessage): void {
    if (this.isOver) return void response.destroy();
    this.isAnswered = true;
    response.headers = grouped(declinedHeaders(this.exchange, response));
    this.owner.declined(response);
  }

  private onError(error: unknown): void {
    if (this.isAnswered) return;
    this.fail(failureOf(error, { isConnected: this.isConnected, isRepeatable: IS_REPEATABLE }));
  }
}

/** The library frames the body itself, by the `transfer-encoding` that it finds. */
function declinedHeaders(exchange: Exchange, response: IncomingMessage): string[] {
  const headers = responseHeaders(exchange, response.rawHeaders, false);
  const coding = response.headers['transfer-encoding'];
  if (coding !== undefined) headers.push('transfer-encoding', coding);
  return headers;
}

/** As the object that the library writes; the framing fields in lower case, as it looks for them. */
function grouped(list: readonly string[]): Record<string, string & string[]> {
  const headers: Record<string, string | string[]> = {};
  for (let index = 0; index < list.length; index += 2) {
    const lower = list[index]!.toLowerCase();
    const name = lower === 'content-length' ? lower : list[index]!;
    const present = headers[name];
    const value = list[index + 1]!;
    headers[name] = present === undefined ? value : [present, value].flat();
  }
  return headers as Record<string, string & string[]>;
}
