import type { AttemptFailure, Exchange } from '../exchange.js';
import type { Waiting } from '../waiting.js';
import type { UpstreamConnection } from './upstream-connection.js';
import type { WireHead } from './wire-head.js';
import type { WireSocket } from './wire-socket.js';

/** A client's connection as its session sees it. */
export interface SessionConnection {
  readonly peer: string;
  readonly localPort: number;
  readonly socket: WireSocket;
  readonly isDraining: boolean;
  /** Whether this exchange is the connection's last. */
  closesAfterAnswer: boolean;
  deadlineMs: number;
  /** The answer to the exchange that runs has been taken by the kernel. */
  answerFlushed(): void;
  /** Goes on with what waited for something that has happened. */
  proceed(): void;
  cut(): void;
  /** Cuts a client off for whom an ordinary end would be the end of the body: only a reset tells it otherwise. */
  cutShort(): void;
}

/** A session as its two bodies see it. */
export interface RelayedExchange {
  readonly head: WireHead;
  readonly exchange: Exchange;
  readonly connection: SessionConnection;
  /** null: no attempt runs. */
  readonly upstream: UpstreamConnection | null;
  /** Whether the answer, of a backend or ours, has been written to its last byte. */
  isAnswered: boolean;
  readonly isAwaiting: Waiting;
  /** Whether the request can be sent again: nothing of its body has been taken, or all of that is kept. */
  readonly isRepeatable: boolean;
  /** See `WireSession`. */
  readonly leavesBodyOpen: boolean;
  /** Waits for something from now on, and no longer than the service allows. */
  await(waiting: Waiting): void;
  /** The running attempt came to nothing. */
  fail(failure: AttemptFailure): void;
  /** The connection broke before a response head came. */
  broken(): void;
  /**
   * The response has arrived as a whole. `isReusable`: nothing about it keeps its connection from being used again;
   * `isFlushed`: nothing of it is still on its way to the client.
   */
  responseArrived(isReusable: boolean, isFlushed: boolean): void;
  /** The backend's answer has been written to its last byte, and the kernel has it. */
  finish(): void;
}

/** A session as the attempt beside its own sees it. */
export interface HedgedSession {
  readonly head: WireHead;
  readonly exchange: Exchange;
  /** Goes on with this connection instead of its own. */
  adopt(upstream: UpstreamConnection): void;
  upstreamArrived(bytes: Buffer, length: number): void;
  crashed(error: unknown): void;
}
