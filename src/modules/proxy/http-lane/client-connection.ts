import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { DeadlineTicker, Timed } from '../deadline.ticker.js';
import type { ListenerState } from '../listener/listener-state.js';
import { LINGER_MS } from '../waiting.js';

/** What runs on a client's connection: a plain request, an upgrade. */
export interface ConnectionUser {
  /** Whether the request has arrived as a whole: what comes then belongs to the next one. */
  readonly isBodyComplete: boolean;
  run(): void;
  /** The connection has closed. */
  clientGone(): void;
  /** The parser refused a piece of the request's body. */
  bodyInvalid(): void;
  /** The time to drain is over. */
  shutDown(): void;
}

/** Requests that may wait behind the one that runs before nothing more is read from the client. */
const MAX_PIPELINED = 16;

/**
 * One connection of a client. Pipelined requests run one after the other, as not all of them may be safe to run side by
 * side (RFC 9112 section 9.3.2), and a connection that goes takes the one that runs with it.
 */
export class ClientConnection implements Timed {
  deadlineMs = Infinity;
  private active: ConnectionUser | null = null;
  private readonly pipelined: ConnectionUser[] = [];
  private isDiscarding = false;
  private isBroken = false;
  private isRefused = false;
  /** Enough requests wait: nothing more is read. */
  private isHeld = false;
  private refusal: (() => void) | null = null;

  constructor(
    readonly socket: Socket,
    readonly listener: ListenerState,
    private readonly ticker: DeadlineTicker,
  ) {
    socket.once('close', () => this.onClose());
  }

  get isBusy(): boolean {
    return this.active !== null;
  }

  /** Node's parser resumes the socket behind each request that it has read to the end, asked or not. */
  resumed(): void {
    if (this.isHeld) this.socket.pause();
  }

  submit(user: ConnectionUser): void {
    // What comes behind a last answer has not been received, as far as anybody counts.
    if (this.isRefused || this.socket.writableEnded) return;
    if (this.active === null) return this.run(user);
    this.pipelined.push(user);
    if (this.pipelined.length <= MAX_PIPELINED) return;
    this.isHeld = true;
    this.socket.pause();
  }

  /**
   * What the client sends cannot be read as HTTP any more. `refusal` answers it, in its turn; it is not called when the
   * broken piece belongs to a request that runs, which is answered instead.
   */
  broken(refusal: () => void): void {
    if (this.isBroken) return;
    this.isBroken = true;
    if (this.socket.writableEnded) return;
    this.refusal = refusal;
    if (this.active === null) {
      if (this.isDiscarding) this.cut();
      else this.refuseRest();
    } else if (!this.active.isBodyComplete) {
      this.refusal = null;
      this.active.bodyInvalid();
    }
  }

  /** Called before the last byte of an answer is written, so that the answer survives a request that is still coming. */
  prepareEnd(request: IncomingMessage): void {
    if (request.complete) return;
    // Node would close with unread data in the socket, which resets the connection and may destroy the answer on its way.
    this.socket.destroySoon = () => this.closeGently();
  }

  /** An answer has been given; `request` is what may still be coming. */
  ended(user: ConnectionUser, request: IncomingMessage): void {
    if (this.active !== user) return;
    this.active = null;
    if (this.socket.destroyed) return;
    request.resume();
    if (!request.complete) return this.discard(request);
    this.next();
  }

  /** Says the end, gives the client time to read it, then cuts. */
  closeGently(): void {
    if (this.socket.destroyed) return;
    this.isHeld = false;
    this.socket.end();
    this.socket.resume();
    this.linger();
  }

  cut(): void {
    this.socket.destroy();
  }

  /** Whether something ran that was ended by this. */
  shutDown(): boolean {
    const wasBusy = this.active !== null;
    this.active?.shutDown();
    this.cut();
    return wasBusy;
  }

  onDeadline(): void {
    this.deadlineMs = Infinity;
    this.cut();
  }

  private run(user: ConnectionUser): void {
    this.active = user;
    user.run();
  }

  private next(): void {
    const { socket } = this;
    if (socket.destroyed || socket.writableEnded) return this.drop();
    const following = this.pipelined.shift();
    if (following !== undefined) {
      if (this.isHeld && this.pipelined.length === 0) {
        this.isHeld = false;
        socket.resume();
      }
      return this.run(following);
    }
    if (this.refusal !== null) this.refuseRest();
    else if (this.listener.isDraining) this.closeGently();
  }

  /** Requests behind a last answer have not been received, as far as anybody counts. */
  private drop(): void {
    this.isRefused = true;
    this.pipelined.length = 0;
  }

  private discard(request: IncomingMessage): void {
    this.isDiscarding = true;
    this.linger();
    request.once('end', () => {
      this.isDiscarding = false;
      if (this.socket.writableEnded) return;
      this.deadlineMs = Infinity;
      this.ticker.remove(this);
      // What came in one piece with the rest of this request runs already: its end goes on from there.
      if (this.active === null) this.next();
    });
  }

  private refuseRest(): void {
    const refuse = this.refusal!;
    this.refusal = null;
    this.isRefused = true;
    refuse();
  }

  private linger(): void {
    this.ticker.add(this);
    this.deadlineMs = this.ticker.nowMs + LINGER_MS;
  }

  private onClose(): void {
    this.ticker.remove(this);
    this.drop();
    this.active?.clientGone();
    this.active = null;
  }
}
