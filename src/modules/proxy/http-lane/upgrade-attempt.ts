import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Exchange } from '../exchange.js';
import { responseHeaders } from '../forwarding-headers.js';
import { type AttemptOwner, UpstreamAttempt } from './upstream-attempt.js';

/** The session that an upgrade's attempt belongs to. */
export interface UpgradeAttemptOwner extends AttemptOwner {
  /** The backend agreed; the library joins both sockets right after this. `head`: what came behind its answer. */
  upgraded(socket: Socket, head: Buffer): void;
  /** The backend answered something else; the library passes it on right after this. */
  declined(response: IncomingMessage): void;
}

/** One try to get a backend to upgrade. Its request is bound in the tick it is made: our listeners come before the library's. */
export class UpgradeAttempt extends UpstreamAttempt<UpgradeAttemptOwner> {
  protected override isAnswered = false;

  protected override listen(request: ClientRequest): void {
    this.takeOverErrors(request);
    request.once('socket', (socket) => this.onSocket(request, socket));
    request.on('upgrade', (response, socket, head) => this.onUpgrade(response, socket, head));
    request.on('response', (response) => this.onResponse(response));
  }

  /** The library would end the client's connection at any error; it may yet be served by another backend. */
  private onSocket(request: ClientRequest, socket: Socket): void {
    this.takeOverErrors(request);
    this.awaitConnection(request, socket);
  }

  private onUpgrade(response: IncomingMessage, socket: Socket, head: Buffer): void {
    if (this.isOver) return void socket.destroy();
    this.isAnswered = true;
    const headers = responseHeaders(this.exchange, response.rawHeaders, false);
    headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
    response.headers = grouped(headers);
    try {
      this.owner.upgraded(socket, head);
    } catch (error) {
      this.owner.crashed(error);
    }
  }

  private onResponse(response: IncomingMessage): void {
    if (this.isOver) return void response.destroy();
    this.isAnswered = true;
    response.headers = grouped(declinedHeaders(this.exchange, response));
    try {
      this.owner.declined(response);
    } catch (error) {
      this.owner.crashed(error);
    }
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
  // A backend may well send a field named `constructor`: it must not find what every object has.
  const headers = Object.create(null) as Record<string, string | string[]>;
  for (let index = 0; index < list.length; index += 2) {
    const lower = list[index]!.toLowerCase();
    const name = lower === 'content-length' ? lower : list[index]!;
    const present = headers[name];
    const value = list[index + 1]!;
    headers[name] = present === undefined ? value : [present, value].flat();
  }
  return headers as Record<string, string & string[]>;
}
