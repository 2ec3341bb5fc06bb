import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Stream } from 'node:stream';
import type { Options, RequestHandler } from 'http-proxy-middleware';
import type { BackendRuntime } from '../../balancer/index.js';
import type { Exchange } from '../exchange.js';
import { unbracketed } from '../upstream-connecting.js';

/** One attempt as http-proxy-middleware's events concern it. */
export interface ForwardedAttempt {
  readonly exchange: Exchange;
  readonly agent: Agent;
  readonly backend: BackendRuntime;
  /** The upstream request exists; nothing has been sent. For an upgrade its socket may still be missing. */
  bind(request: ClientRequest): void;
  /** The library gave up before there was an upstream request to observe. */
  forwardingFailed(error: unknown): void;
}

/**
 * The request body as the library sees it: it would pipe the body as soon as a socket is assigned, connected or not.
 * A session sends the body itself once the connection stands, so a refused connection costs no byte of it.
 */
class HeldBackBody extends Stream {
  override pipe<T extends NodeJS.WritableStream>(destination: T): T {
    return destination;
  }
}

const HELD_BACK_BODY = new HeldBackBody();
const NO_BYTES = Buffer.alloc(0);

/**
 * http-proxy-middleware in the role that it has here: its `router` asks the exchange for the backend that was picked,
 * it makes the upstream request and joins upgraded sockets. What goes into the request and what becomes of the response
 * is the session's: the library would join repeated headers and pass hop-by-hop ones.
 */
export class Forwarder {
  private readonly attempts = new WeakMap<IncomingMessage, ForwardedAttempt>();
  private readonly middleware: RequestHandler;

  private constructor(createProxyMiddleware: (options: Options) => RequestHandler) {
    this.middleware = createProxyMiddleware(this.options());
  }

  /** Loads the library: about 6 MiB that a worker spends only when this lane is used. */
  static async load(): Promise<Forwarder> {
    const { createProxyMiddleware } = await import('http-proxy-middleware');
    return new Forwarder((options) => createProxyMiddleware(options));
  }

  /** Makes the upstream request of an attempt. May be called again with the same request for a retry. */
  forward(attempt: ForwardedAttempt, request: IncomingMessage, response: ServerResponse): void {
    this.prepare(attempt, request, {});
    this.middleware(request, response).catch((error: unknown) => attempt.forwardingFailed(error));
  }

  /** The same for an upgrade. `head`: what the client sent after its request head. */
  upgrade(attempt: ForwardedAttempt, request: IncomingMessage, socket: Socket, head: Buffer | null): void {
    this.prepare(attempt, request, { connection: 'Upgrade', upgrade: 'websocket' });
    this.middleware.upgrade(request, socket, head ?? NO_BYTES);
  }

  /**
   * The library reads `url` for its path filter, which throws for paths such as `//`, and copies `headers`. The exchange
   * has read both; the true target goes through `router`, the true headers through `bind`.
   */
  private prepare(
    attempt: ForwardedAttempt,
    request: IncomingMessage,
    headers: Record<string, string>,
  ): void {
    this.attempts.set(request, attempt);
    request.url = '/';
    request.headers = headers;
  }

  private options(): Options {
    return {
      router: (request, _response, options) => this.route(request, options),
      // The target's pathname is taken as it is then, byte for byte.
      ignorePath: true,
      selfHandleResponse: true,
      // The stock plugins log each request and write error pages of their own.
      ejectPlugins: true,
      plugins: [(server) => this.observe(server)],
    };
  }

  private observe(server: Parameters<NonNullable<Options['plugins']>[number]>[0]): void {
    server.on('proxyReq', (upstream, request) => this.attempts.get(request)?.bind(upstream));
    server.on('proxyReqWs', (upstream, request) => this.attempts.get(request)?.bind(upstream));
    server.on('error', (error, request) => this.onError(error, request));
    server.on('econnreset', (error, request) => this.onError(error, request));
  }

  private route(request: IncomingMessage, options: Options) {
    const attempt = this.attempts.get(request)!;
    const { snapshot } = attempt.backend;
    options.agent = attempt.agent;
    options.buffer = HELD_BACK_BODY;
    return {
      protocol: snapshot.secure ? 'https:' : 'http:',
      hostname: unbracketed(snapshot.host),
      port: snapshot.port,
      pathname: attempt.exchange.target,
    };
  }

  /** An error of the client's own connection is no failure of an attempt: the session learns of it otherwise. */
  private onError(error: unknown, request: IncomingMessage | undefined): void {
    if (request === undefined || request.errored !== null) return;
    this.attempts.get(request)?.forwardingFailed(error);
  }
}
