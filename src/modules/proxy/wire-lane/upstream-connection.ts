import type { Timed } from '../deadline.ticker.js';
import { ChunkedBody } from './chunked-body.js';
import { FieldId } from './field-names.js';
import type { SectionLimits } from './field-section.js';
import { ResponseHead } from './response-head.js';
import type { SocketOwner, WireSocket } from './wire-socket.js';

/** The session that a connection to a backend works for. */
export interface UpstreamUser {
  upstreamConnected(): void;
  /** See {@link SocketOwner.bytesArrived}. */
  upstreamArrived(bytes: Buffer, length: number): void;
  upstreamFlushed(): void;
  upstreamEnded(): void;
  upstreamClosed(): void;
}

/** Where connections come from, and go back to. */
export interface ConnectionKeeper {
  /** Takes back a connection that is idle now. */
  give(connection: UpstreamConnection): void;
  /** Forgets one that has closed. */
  remove(connection: UpstreamConnection): void;
}

/** What is accepted as the head of a response, trailers included. More is `bad_response`. */
const RESPONSE_LIMITS: SectionLimits = { maxHeadBytes: 65_536, maxHeaders: 1000 };

/** One connection to a backend, from its first exchange to its last. */
export class UpstreamConnection implements SocketOwner, Timed {
  deadlineMs = Infinity;
  isConnected = false;
  user: UpstreamUser | null;
  socket!: WireSocket;
  readonly response = new ResponseHead(RESPONSE_LIMITS);
  private chunkedBody: ChunkedBody | null = null;

  constructor(
    private readonly pool: ConnectionKeeper,
    user: UpstreamUser,
  ) {
    this.user = user;
  }

  /** The chunked body of the present response. */
  get chunked(): ChunkedBody {
    this.chunkedBody ??= new ChunkedBody(RESPONSE_LIMITS);
    return this.chunkedBody;
  }

  /** Idle time that the backend announces with the present response, milliseconds; 0: it says nothing. */
  get announcedIdleMs(): number {
    if (this.response.indexOf(FieldId['keep-alive']) < 0) return 0;
    const value = this.response.valueById(FieldId['keep-alive'])!;
    const at = value.indexOf('timeout=');
    const seconds = at < 0 ? 0 : Number.parseInt(value.slice(at + 8), 10);
    return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
  }

  /** Another exchange begins. */
  serve(user: UpstreamUser): void {
    this.user = user;
    this.deadlineMs = Infinity;
    this.response.reset();
    this.chunkedBody?.reset();
  }

  /**
   * The exchange is over, and the connection as good as new. Called while its last read is dealt with, so that the next one
   * goes elsewhere. `isFlushed`: what was read has left its buffer.
   */
  release(isFlushed: boolean): void {
    this.user = null;
    this.socket.shrink(isFlushed);
    this.socket.resume();
    this.pool.give(this);
  }

  /** The exchange is over, and the connection of no more use. */
  abandon(): void {
    this.user = null;
    this.socket.destroy();
  }

  connected(): void {
    this.isConnected = true;
    this.user?.upstreamConnected();
  }

  bytesArrived(bytes: Buffer, length: number): void {
    // What nobody asked for cannot be an answer (RFC 9112 section 9.3.1).
    if (this.user === null) this.socket.destroy();
    else this.user.upstreamArrived(bytes, length);
  }

  endArrived(): void {
    if (this.user === null) this.socket.destroy();
    else this.user.upstreamEnded();
  }

  flushed(): void {
    this.user?.upstreamFlushed();
  }

  closed(): void {
    this.pool.remove(this);
    const { user } = this;
    this.user = null;
    user?.upstreamClosed();
  }

  /** It has been idle for as long as it may. */
  onDeadline(): void {
    this.deadlineMs = Infinity;
    this.socket.destroy();
  }
}
