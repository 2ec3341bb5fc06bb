import type { Socket } from 'node:net';
import type { DropReason, ListenerSettings } from '../../../common/contract/index.js';
import type { Timed } from '../deadline.ticker.js';
import { peerAddress } from '../receive/trusted-proxies.js';
import { LINGER_MS, Waiting } from '../waiting.js';
import { Parsed } from './field-section.js';
import type { SessionConnection } from './relayed-exchange.js';
import type { WireSession } from './wire-session.js';
import type { SocketOwner, WireSocket } from './wire-socket.js';

/** Bytes that may wait, of requests behind the one that runs or of the body of one that waits itself, before nothing more is read from the client. */
const MAX_PIPELINED_BYTES = 16_384;

/** How long an idle connection of a listener that drains may still begin a request, which is then its last. */
const DRAIN_IDLE_MS = 500;

/** A step that cannot be made before something else has happened. */
const STUCK = -1;

const Phase = {
  /** Between exchanges, or in the middle of a head. */
  reading: 0,
  /** An exchange runs. */
  running: 1,
  /** Its answer has been given, and the rest of its request is thrown away. */
  discarding: 2,
  /** The end has been said; whatever comes is thrown away. */
  closing: 3,
  /** Closed, or another lane's. */
  gone: 4,
} as const;
type Phase = (typeof Phase)[keyof typeof Phase];

const REASON_OF: Readonly<Record<number, DropReason>> = {
  [Parsed.bad]: 'bad_request',
  [Parsed.uriTooLong]: 'uri_too_long',
  [Parsed.tooLarge]: 'head_too_large',
};

/** Sessions to use for one exchange after the other. */
export interface SessionPool {
  take(connection: SessionConnection): WireSession;
  /** Takes back a session that no exchange uses any more. */
  give(session: WireSession): void;
}

/** What looks after the connections of a listener. */
export interface ConnectionOwner {
  readonly settings: Pick<ListenerSettings, 'headTimeoutMs' | 'idleTimeoutMs'>;
  readonly sessions: SessionPool;
  readonly port: number;
  readonly isDraining: boolean;
  /** Whether upgrades go to another lane. */
  readonly handsOver: boolean;
  readonly nowMs: number;
  /** A connection has closed. */
  left(connection: WireConnection): void;
  /** A connection becomes another lane's, and is still one of the listener's. */
  handOver(connection: WireConnection, socket: Socket, bytes: Buffer): void;
}

/**
 * One connection of a client. Requests run one after the other (RFC 9112 section 9.3.2); what comes behind the one that
 * runs waits, within bounds. Between exchanges it holds nothing but this object and its socket.
 */
export class WireConnection implements SocketOwner, Timed, SessionConnection {
  deadlineMs: number;
  closesAfterAnswer = false;
  socket!: WireSocket;
  private phase: Phase = Phase.reading;
  private session: WireSession | null = null;
  /** What has come and cannot be dealt with yet. */
  private pending: Buffer | null = null;
  private isProceeding = false;
  /** Whether bytes have come that nobody will read: closing at once would reset the connection, and the answer with it. */
  private hasUnread = false;
  private address: string | null = null;

  /** @param gone Called when the connection has closed. */
  constructor(
    private readonly owner: ConnectionOwner,
    readonly gone: () => void,
  ) {
    this.deadlineMs = owner.nowMs + owner.settings.headTimeoutMs;
  }

  /** The client's end of the connection. */
  get peer(): string {
    this.address ??= peerAddress(this.socket.socket.remoteAddress);
    return this.address;
  }

  get localPort(): number {
    return this.owner.port;
  }

  get isDraining(): boolean {
    return this.owner.isDraining;
  }

  bytesArrived(bytes: Buffer, length: number): void {
    if (this.phase >= Phase.closing) return;
    if (this.pending === null) return this.run(bytes, 0, length, false);
    this.pending = Buffer.concat([this.pending, bytes.subarray(0, length)]);
    this.pauseIfFull();
  }

  endArrived(): void {
    if (this.phase === Phase.reading && this.session !== null && !this.session.head.isBlank) {
      return this.refuseHead('bad_request');
    }
    if (this.phase === Phase.running && this.session!.isAnswered) return;
    if (this.phase !== Phase.closing) this.cut();
  }

  flushed(): void {
    if (this.phase !== Phase.running) return;
    this.session!.clientFlushed();
    this.proceed();
  }

  closed(): void {
    const wasRunning = this.phase === Phase.running;
    this.phase = Phase.gone;
    this.pending = null;
    if (wasRunning) this.session!.clientGone();
    this.releaseSession();
    this.owner.left(this);
  }

  onDeadline(nowMs: number): void {
    this.deadlineMs = Infinity;
    if (this.phase === Phase.running) {
      this.session!.onDeadline(nowMs);
      return this.proceed();
    }
    // A connection that never said anything, as browsers open them ahead of need, is no request.
    const isHeadLate = this.phase === Phase.reading && this.session !== null && !this.session.head.isBlank;
    if (isHeadLate) this.refuseHead('head_timeout');
    else if (this.isDraining && this.phase === Phase.reading) this.closeGently();
    else this.cut();
  }

  answerFlushed(): void {
    const { session } = this;
    if (this.phase !== Phase.running || session === null) return;
    if (this.closesAfterAnswer) return this.close(session);
    if (session.body.isComplete) return this.endExchange();
    this.phase = Phase.discarding;
    this.deadlineMs = this.owner.nowMs + LINGER_MS;
  }

  proceed(): void {
    if (this.isProceeding || this.phase >= Phase.closing) return;
    const { pending } = this;
    if (pending !== null) {
      this.pending = null;
      this.run(pending, 0, pending.length, true);
    } else this.session?.body.flushHead();
    if (this.pending === null && this.phase < Phase.closing && !this.isHeldUp) this.socket.resume();
  }

  /** Says the end, gives the client time to read it, then cuts. */
  closeGently(): void {
    if (this.phase >= Phase.closing) return;
    this.phase = Phase.closing;
    this.pending = null;
    this.releaseSession();
    this.socket.end();
    this.socket.resume();
    this.deadlineMs = this.owner.nowMs + LINGER_MS;
  }

  cut(): void {
    this.socket.destroy();
  }

  cutShort(): void {
    this.socket.socket.resetAndDestroy();
  }

  /**
   * The listener drains: idle connections go soon, others after what runs on them. Not at once: a request may be on its way,
   * and whoever sent it would not know whether it was served.
   */
  drain(): void {
    if (this.phase !== Phase.reading || this.session !== null) return;
    this.deadlineMs = Math.min(this.deadlineMs, this.owner.nowMs + DRAIN_IDLE_MS);
  }

  /** The time to drain is over. Whether something ran that was ended by this. */
  shutDown(): boolean {
    const wasRunning = this.phase === Phase.running;
    if (wasRunning) this.session!.shutDown();
    this.cut();
    return wasRunning;
  }

  /** Deals with bytes for as long as that is possible, and keeps the rest. `isOurs`: nothing else is read into them. */
  private run(bytes: Buffer, from: number, to: number, isOurs: boolean): void {
    this.isProceeding = true;
    let at = from;
    try {
      while (at < to && this.phase < Phase.closing) {
        const next = this.step(bytes, at, to);
        if (next === STUCK) break;
        at = next;
      }
      this.session?.body.flushHead();
    } catch (error) {
      at = to;
      this.crashed(error);
    }
    this.isProceeding = false;
    if (this.phase >= Phase.closing) return;
    // The backend may still have to take what is in the buffer that the next read would go to.
    if (this.isHeldUp) this.socket.pause();
    if (at >= to) return;
    this.pending = isOurs ? bytes.subarray(at, to) : Buffer.from(bytes.subarray(at, to));
    this.pauseIfFull();
  }

  /** Whether more of the request's body cannot be taken at present, and nothing of it may be kept. */
  private get isHeldUp(): boolean {
    if (this.phase !== Phase.running) return false;
    const { body } = this.session!;
    return !body.isComplete && !body.canTake && !this.isParked;
  }

  /** Whether the exchange waits for its turn: as long as something is read, it is seen when the client leaves. */
  private get isParked(): boolean {
    return this.session!.isAwaiting === Waiting.turn;
  }

  private step(bytes: Buffer, at: number, to: number): number {
    const { session } = this;
    if (this.phase === Phase.reading) return this.readHead(bytes, at, to);
    const { body } = session!;
    if (body.isComplete || !body.canTake) return STUCK;
    const next = body.take(bytes, at, to);
    if (next < 0) {
      this.bodyBroken(session!);
      return to;
    }
    if (body.isComplete) {
      // The backend may still have to take the last piece from where what comes behind it would go.
      this.socket.narrow();
      if (this.phase === Phase.discarding) this.endExchange();
    } else if (to === bytes.length) this.socket.enlarge();
    return next;
  }

  private readHead(bytes: Buffer, at: number, to: number): number {
    if (this.session === null) {
      this.session = this.owner.sessions.take(this);
      this.deadlineMs = this.owner.nowMs + this.owner.settings.headTimeoutMs;
    }
    const { head } = this.session;
    const result = head.feed(bytes, at, to);
    if (result === Parsed.more) return to;
    if (result !== Parsed.complete) {
      this.refuseHead(REASON_OF[result]!);
      return to;
    }
    const next = head.consumed;
    if (this.owner.handsOver && head.asksForWebSocket) {
      this.handOver(Buffer.concat([Buffer.from(head.text, 'latin1'), bytes.subarray(next, to)]));
      return to;
    }
    this.phase = Phase.running;
    this.deadlineMs = Infinity;
    this.session.start();
    return next;
  }

  private refuseHead(reason: DropReason): void {
    this.phase = Phase.running;
    this.closesAfterAnswer = true;
    this.hasUnread = true;
    this.session!.startRefused(reason);
  }

  private bodyBroken(session: WireSession): void {
    if (this.phase === Phase.discarding) return this.cut();
    this.closesAfterAnswer = true;
    this.hasUnread = true;
    session.bodyRefused();
  }

  private close(session: WireSession): void {
    if (this.mayReceiveMore(session)) return this.closeGently();
    this.phase = Phase.closing;
    this.releaseSession();
    this.deadlineMs = this.owner.nowMs + LINGER_MS;
    this.socket.socket.destroySoon();
  }

  /** Whether there is, or may be, something that nobody will read: closing at once would reset the answer on its way. */
  private mayReceiveMore(session: WireSession): boolean {
    const isRefused = session.exchange.dropReason !== null;
    return isRefused || this.hasUnread || this.pending !== null || !session.body.isComplete;
  }

  private endExchange(): void {
    this.releaseSession();
    this.phase = Phase.reading;
    this.deadlineMs = this.owner.nowMs + this.owner.settings.idleTimeoutMs;
    if (this.isDraining) this.closeGently();
  }

  private releaseSession(): void {
    const { session } = this;
    if (session === null) return;
    this.session = null;
    this.socket.shrink(session.body.isFlushed && !this.socket.readsLarge);
    this.owner.sessions.give(session);
  }

  private pauseIfFull(): void {
    const mayKeep = this.phase === Phase.running && (this.session!.body.isComplete || this.isParked);
    if (!mayKeep || this.pending!.length > MAX_PIPELINED_BYTES) this.socket.pause();
  }

  private handOver(bytes: Buffer): void {
    const socket: Socket = this.socket.release();
    this.phase = Phase.gone;
    this.releaseSession();
    this.owner.handOver(this, socket, bytes);
  }

  private crashed(error: unknown): void {
    const { session } = this;
    if (session === null) return this.cut();
    // What has not been dealt with is lost, and with it where the next request begins.
    this.closesAfterAnswer = true;
    this.hasUnread = true;
    if (this.phase !== Phase.reading) return session.crashed(error);
    this.phase = Phase.running;
    session.startCrashed(error);
  }
}
