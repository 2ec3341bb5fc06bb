import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { ByteStream, parseByteCount } from './byte.stream.js';
import { streamEvents } from './event.stream.js';
import { sendJson, type TestExchange } from './test-exchange.js';
import type { TestServerState } from './test-server.state.js';

const MAX_SLOW_MS = 600_000;

interface Route {
  readonly usage: string;
  /** Methods other than these get 405. Empty: all. */
  readonly methods: readonly string[];
  /** Whether the configured duration is waited for. */
  readonly waits: boolean;
  run(exchange: TestExchange): void;
}

const READ = ['GET', 'HEAD'];

/** Keyed by path; a key that ends with `/:` takes one more segment. */
const ROUTES = new Map<string, Route>([
  ['/', { usage: 'GET / - name, port, requests in flight', methods: [], waits: true, run: describe }],
  ['/health', { usage: 'GET /health - 200, or 503 while off', methods: READ, waits: false, run: health }],
  [
    '/health/on',
    { usage: 'POST /health/on', methods: ['POST', 'PUT'], waits: false, run: (x) => turn(x, true) },
  ],
  [
    '/health/off',
    { usage: 'POST /health/off', methods: ['POST', 'PUT'], waits: false, run: (x) => turn(x, false) },
  ],
  ['/status/:', { usage: '/status/:code - answers 200 to 599', methods: [], waits: true, run: status }],
  ['/slow/:', { usage: `/slow/:ms - waits, at most ${MAX_SLOW_MS}`, methods: [], waits: false, run: slow }],
  [
    '/bytes/:',
    { usage: 'GET /bytes/:n - n bytes, also 64k, 10M, 1G', methods: READ, waits: true, run: bytes },
  ],
  [
    '/echo',
    { usage: '/echo - the body; the head as JSON when there is none', methods: [], waits: true, run: echo },
  ],
  ['/sse', { usage: 'GET /sse?interval=1000&count=0', methods: READ, waits: true, run: streamEvents }],
  [
    '/ws',
    { usage: 'GET /ws - WebSocket, echoes each message', methods: READ, waits: false, run: needsUpgrade },
  ],
]);

/** Finds the route and runs it after the configured duration. A client that leaves meanwhile is not answered. */
export function answer(state: TestServerState, request: IncomingMessage, response: ServerResponse): void {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const cut = path.lastIndexOf('/') + 1;
  const exact = ROUTES.get(path);
  const route = exact ?? ROUTES.get(`${path.slice(0, cut)}:`);
  const argument = exact ? '' : path.slice(cut);
  const exchange = { state, request, response, argument, query: new URLSearchParams(query) };
  if (!route) return sendJson(exchange, 404, { error: `no route ${path}`, routes: usages() });
  const method = request.method ?? 'GET';
  if (route.methods.length > 0 && !route.methods.includes(method)) {
    response.setHeader('allow', route.methods.join(', '));
    return sendJson(exchange, 405, { error: `${method} is not allowed here`, allowed: route.methods });
  }
  if (route.waits) after(exchange, state.durationMs, () => route.run(exchange));
  else route.run(exchange);
}

export function usages(): readonly string[] {
  return [...ROUTES.values()].map((route) => route.usage);
}

function after(exchange: TestExchange, delayMs: number, run: () => void): void {
  if (delayMs === 0) return run();
  const timer = setTimeout(run, delayMs);
  exchange.response.once('close', () => clearTimeout(timer));
}

function describe(exchange: TestExchange): void {
  const { name, port, inFlight, served, healthy, startedAt } = exchange.state;
  const uptimeSeconds = Math.round((Date.now() - startedAt) / 1_000);
  sendJson(exchange, 200, { name, port, inFlight, served, healthy, pid: process.pid, uptimeSeconds });
}

function health(exchange: TestExchange): void {
  const { name, port, healthy } = exchange.state;
  sendJson(exchange, healthy ? 200 : 503, { status: healthy ? 'ok' : 'off', name, port });
}

function turn(exchange: TestExchange, healthy: boolean): void {
  exchange.state.healthy = healthy;
  sendJson(exchange, 200, { status: healthy ? 'ok' : 'off' });
}

function status(exchange: TestExchange): void {
  const code = /^[2-5]\d\d$/.test(exchange.argument) ? Number(exchange.argument) : 0;
  if (code === 0) return sendJson(exchange, 400, { error: 'Give a status from 200 to 599.' });
  if (code === 204 || code === 205 || code === 304) {
    exchange.response.writeHead(code, code === 205 ? { 'content-length': 0 } : {}).end();
    return void exchange.request.resume();
  }
  sendJson(exchange, code, { status: code, reason: STATUS_CODES[code] ?? '', name: exchange.state.name });
}

function slow(exchange: TestExchange): void {
  const delayMs = /^\d{1,6}$/.test(exchange.argument) ? Number(exchange.argument) : Number.NaN;
  if (!(delayMs <= MAX_SLOW_MS)) {
    return sendJson(exchange, 400, { error: `Give milliseconds from 0 to ${MAX_SLOW_MS}.` });
  }
  after(exchange, delayMs, () => sendJson(exchange, 200, { sleptMs: delayMs, name: exchange.state.name }));
}

function bytes(exchange: TestExchange): void {
  const count = parseByteCount(exchange.argument);
  if (count === null)
    return sendJson(exchange, 400, { error: 'Give a size from 0 to 1G, such as 4096 or 10M.' });
  const { request, response } = exchange;
  request.resume();
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': count });
  if (request.method === 'HEAD') response.end();
  // pipeline also ends the source when the client leaves; the error is the client's and needs no word here.
  else pipeline(new ByteStream(count), response, () => {});
}

function echo(exchange: TestExchange): void {
  const { request, response } = exchange;
  const { method, url, httpVersion, headers, rawHeaders, socket } = request;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!hasBody) {
    const { remoteAddress, remotePort } = socket;
    return sendJson(exchange, 200, {
      method,
      url,
      httpVersion,
      headers,
      rawHeaders,
      remoteAddress,
      remotePort,
    });
  }
  response.setHeader('x-echo-method', method ?? '');
  response.setHeader('x-echo-url', url ?? '');
  response.setHeader('content-type', headers['content-type'] ?? 'application/octet-stream');
  if (headers['content-length'] !== undefined)
    response.setHeader('content-length', headers['content-length']);
  if (method === 'HEAD') {
    request.resume();
    response.end();
  } else pipeline(request, response, () => {});
}

function needsUpgrade(exchange: TestExchange): void {
  exchange.response.setHeader('upgrade', 'websocket');
  sendJson(exchange, 426, { error: 'Connect with the WebSocket protocol (RFC 6455).' });
}
