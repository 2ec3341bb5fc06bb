import type { ClientRequest, IncomingMessage } from 'node:http';
import type { AttemptFailure } from '../exchange.js';
import type { HedgingSession } from '../lane.js';
import type { PlainAttempt, PlainAttemptOwner } from './plain-attempt.js';

/** The session as the attempt beside its own sees it. */
export interface HedgedSession extends PlainAttemptOwner {
  /** Whether its request can be sent twice at once. */
  readonly isHedgeable: boolean;
  sendBeside(owner: PlainAttemptOwner): PlainAttempt;
  /** Goes on with this attempt instead of its own. */
  adopt(attempt: PlainAttempt): void;
  /** For the pipeline: the attempt beside is answered first. */
  besideAnswered(): void;
  besideFailed(failure: AttemptFailure): void;
}

/** The attempt beside a session's own, until it is the first to be answered. */
export class HttpHedge implements HedgingSession, PlainAttemptOwner {
  readonly isRepeatable = true;
  readonly isChunked = false;
  private attempt: PlainAttempt | null = null;

  constructor(private readonly session: HedgedSession) {}

  get isPossible(): boolean {
    return this.session.isHedgeable;
  }

  start(): void {
    this.attempt = this.session.sendBeside(this);
  }

  abandon(): void {
    this.attempt?.abandon();
    this.attempt = null;
  }

  promote(): void {
    const attempt = this.attempt!;
    this.attempt = null;
    this.session.adopt(attempt);
  }

  connected(request: ClientRequest): void {
    request.end();
  }

  informed(): void {
    // Interim responses are optional, and the first attempt may have had the same.
  }

  responded(response: IncomingMessage): void {
    this.session.besideAnswered();
    this.session.responded(response);
  }

  failedAttempt(failure: AttemptFailure): void {
    this.attempt = null;
    this.session.besideFailed(failure);
  }

  crashed(error: unknown): void {
    this.session.crashed(error);
  }
}
