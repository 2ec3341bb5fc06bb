import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { isVelocityError, VelocityError } from '../../../common/errors/index.js';
import { CredentialCheck } from '../access/credential.check.js';
import { EventStream } from './event.stream.js';

/** Each holds a socket and up to half a megabyte. */
const MAX_STREAMS = 100;
const HEARTBEAT_MS = 15_000;

/** The open streams of events: how many there may be, for how long, and for whom. */
@Injectable()
export class EventStreams {
  private readonly open = new Map<
    EventStream,
    { readonly request: IncomingMessage; readonly response: ServerResponse }
  >();
  private timer: NodeJS.Timeout | null = null;
  private isEnded = false;

  constructor(private readonly credentials: CredentialCheck) {}

  /** Throws TOO_MANY_STREAMS. */
  begin(request: IncomingMessage, response: ServerResponse): EventStream {
    if (this.isEnded || this.open.size >= MAX_STREAMS) {
      throw new VelocityError(
        'TOO_MANY_STREAMS',
        this.isEnded
          ? 'The balancer stops.'
          : `${MAX_STREAMS} streams of events are open: close one, or ask /api/v1/status now and then.`,
      );
    }
    const stream = new EventStream(response);
    if (request.method === 'HEAD') {
      stream.end();
      return stream;
    }
    this.open.set(stream, { request, response });
    stream.onClosed(() => this.closed(stream));
    this.timer ??= setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
    return stream;
  }

  /** Ends all of them, and lets none begin: a client that connects again finds another process, or none. */
  endAll(): void {
    this.isEnded = true;
    for (const stream of this.open.keys()) stream.end();
  }

  private closed(stream: EventStream): void {
    this.open.delete(stream);
    if (this.open.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  /** Whoever may not look any more, because the token was revoked or is over, is sent away within a heartbeat. */
  private async beat(): Promise<void> {
    for (const [stream, { request, response }] of this.open) {
      if (await this.mayGoOn(request, response)) stream.heartbeat();
      else stream.end();
    }
  }

  private async mayGoOn(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    try {
      await this.credentials.principalOf(request, response);
      return true;
    } catch (error) {
      return isVelocityError(error, 'STORE_UNAVAILABLE');
    }
  }
}
