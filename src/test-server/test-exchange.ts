import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestServerState } from './test-server.state.js';

/** One request on its way to a route; `argument` is what followed the route's path. */
export interface TestExchange {
  readonly state: TestServerState;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly argument: string;
  readonly query: URLSearchParams;
}

/** Ends the response with JSON; a body that was not read is drained, so that the connection can be kept. */
export function sendJson(exchange: TestExchange, code: number, value: object): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  exchange.response.writeHead(code, { 'content-type': 'application/json', 'content-length': body.length });
  exchange.response.end(exchange.request.method === 'HEAD' ? undefined : body);
  exchange.request.resume();
}
