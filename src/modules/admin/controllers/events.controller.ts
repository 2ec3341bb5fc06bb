import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { Described } from '../openapi/described.decorator.js';
import { TAIL_QUERY } from '../openapi/query-parameters.js';
import { OverviewReader } from '../overview.reader.js';
import type { RawQuery } from '../query.reader.js';
import { TailReader } from '../tail.reader.js';

/** The handlers answer by themselves, and go on to. */
@Controller('api/v1/events')
export class EventsController {
  constructor(
    private readonly overviews: OverviewReader,
    private readonly tails: TailReader,
  ) {}

  @Get('overview')
  @Described({
    summary: 'How the balancer fares, once a second',
    description:
      'Server-sent events. `overview`: everything, at first and whenever something was missed. `patch`: once a second what changed since, as JSON Merge Patch (RFC 7396). `change`: something happened (`ChangeEvent`); with `Last-Event-ID`, what happened since that one comes first. Comments keep the connection open.',
    answer: 'Overview',
    mediaTypes: ['text/event-stream'],
    errors: ['REQUEST_INVALID', 'TOO_MANY_STREAMS'],
  })
  overview(@Req() request: IncomingMessage, @Res() response: ServerResponse, @Query() query: RawQuery): void {
    this.overviews.open(request, response, query);
  }

  @Get('access-logs')
  @Described({
    summary: 'Exchanges as they end',
    description:
      'Server-sent events. `records`: a list of exchanges that fit the filters. `skipped`: how many of the last second were left out (`TailSkipped`), because more than 10,000 came or more than 500 fit. What was missed is in /api/v1/access-logs.',
    query: TAIL_QUERY,
    answer: 'TailedRecords',
    mediaTypes: ['text/event-stream'],
    errors: ['TOO_MANY_STREAMS'],
  })
  accessLogs(
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
    @Query() query: RawQuery,
  ): void {
    this.tails.open(request, response, query);
  }
}
