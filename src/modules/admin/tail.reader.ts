import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { AccessLogTail } from './events/access-log.tail.js';
import { EventStreams } from './events/event.streams.js';
import { LogQueryPort } from './ports.js';
import type { RawQuery } from './query.reader.js';

/** Streams exchanges as they end. */
@Injectable()
export class TailReader {
  constructor(
    private readonly streams: EventStreams,
    private readonly tail: AccessLogTail,
    private readonly logs: LogQueryPort,
  ) {}

  /** Throws REQUEST_INVALID and TOO_MANY_STREAMS. */
  open(request: IncomingMessage, response: ServerResponse, query: RawQuery): void {
    const fits = this.logs.accessLogTest(query);
    const stream = this.streams.begin(request, response);
    if (!stream.isEnded) this.tail.add(stream, fits);
  }
}
