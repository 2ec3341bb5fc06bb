import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { ChangeFeed } from './events/change.feed.js';
import { EventStreams } from './events/event.streams.js';
import { OverviewFeed } from './events/overview.feed.js';
import { type RawQuery, refusedParameter } from './query.reader.js';

/** Streams how the balancer fares, and what happens. */
@Injectable()
export class OverviewReader {
  constructor(
    private readonly streams: EventStreams,
    private readonly overviews: OverviewFeed,
    private readonly changes: ChangeFeed,
  ) {}

  /** Throws REQUEST_INVALID and TOO_MANY_STREAMS. */
  open(request: IncomingMessage, response: ServerResponse, query: RawQuery): void {
    const [unknown] = Object.keys(query);
    if (unknown !== undefined) throw refusedParameter(unknown, 'is not known here: an overview takes none');
    const stream = this.streams.begin(request, response);
    if (stream.isEnded) return;
    this.overviews.add(stream);
    this.changes.add(stream, String(request.headers['last-event-id'] ?? ''));
  }
}
