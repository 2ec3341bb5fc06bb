import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { HttpLane } from './http-lane/http-lane.js';

/**
 * Serves traffic inside of a Nest application (`workers: inline`): each request goes through the pipeline, which asks the
 * injected Balancer. Nothing behind it runs, so the application must be created with `bodyParser: false`.
 */
@Injectable()
export class ProxyMiddleware implements NestMiddleware<IncomingMessage, ServerResponse> {
  constructor(private readonly lane: HttpLane) {}

  use(request: IncomingMessage, response: ServerResponse): void {
    this.lane.handle(request, response);
  }
}
