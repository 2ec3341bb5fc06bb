import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { ByteStream } from './byte-stream.js';
import type { IssuedCertificate } from './certificate.authority.js';
import { freePort } from './free-ports.js';
import { type RawMessage, readMessage } from './raw-message.js';

/** What a scripted origin does with one connection. Errors of a connection that the other side cut are ignored. */
export type OriginScript = (connection: OriginConnection) => Promise<void> | void;

/** Bytes for each request, or what makes them of it. */
export type OriginAnswer = string | Buffer | ((request: RawMessage) => string | Buffer);

/** One connection that an origin was given. */
export class OriginConnection {
  readonly stream: ByteStream;

  constructor(
    readonly socket: Socket,
    /** 0 for the first connection of this origin. */
    readonly index: number,
    private readonly origin: Origin,
  ) {
    this.stream = new ByteStream(socket);
  }

  /** Reads a whole request. */
  async request(): Promise<RawMessage> {
    const request = await readMessage(this.stream, 'framed');
    this.origin.requests.push(request);
    return request;
  }

  /** Reads a request's head and leaves its body. */
  async requestHead(): Promise<RawMessage> {
    const request = await readMessage(this.stream, 'none');
    this.origin.requests.push(request);
    return request;
  }

  send(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(bytes, 'latin1', (error) => (error ? reject(error) : resolve()));
    });
  }

  end(): void {
    this.socket.end();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }
}

/** A server that does on the wire what a script says, and keeps book of what it was sent. */
export class Origin {
  /** Requests in order of arrival, over all connections. */
  readonly requests: RawMessage[] = [];
  /** Connections so far. */
  accepted = 0;
  private readonly sockets = new Set<Socket>();
  private readonly idleWaiters: (() => void)[] = [];

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param at Default: any free port; another only to come back where an origin was before. */
  static async start(script: OriginScript, certificate?: IssuedCertificate, at?: number): Promise<Origin> {
    const server = certificate === undefined ? createServer() : createTlsServer(certificate);
    const port = at ?? (await freePort());
    const origin = new Origin(server, port);
    server.on(certificate === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      void origin.serve(socket, script);
    });
    server.on('tlsClientError', () => undefined);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return origin;
  }

  /** Gives each request the same answer, on connections that stay open. */
  static answering(bytes: OriginAnswer, port?: number): Promise<Origin> {
    return Origin.start(answerEach(bytes), undefined, port);
  }

  /** A port where nobody listens: connections are refused. */
  static async refusing(): Promise<Origin> {
    const origin = await Origin.start(() => undefined);
    await origin.stop();
    return origin;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.sockets.size;
  }

  /** Resolves when no connection is open. */
  async idle(): Promise<void> {
    while (this.sockets.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.idleWaiters.push(resolve);
      await promise;
    }
  }

  /** Dies: all connections are reset, new ones refused. */
  async stop(): Promise<void> {
    for (const socket of this.sockets) {
      if ('encrypted' in socket) socket.destroy();
      else socket.resetAndDestroy();
    }
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(socket: Socket, script: OriginScript): Promise<void> {
    this.sockets.add(socket);
    socket.once('close', () => {
      this.sockets.delete(socket);
      for (const wake of this.idleWaiters.splice(0)) wake();
    });
    try {
      await script(new OriginConnection(socket, this.accepted++, this));
    } catch {
      socket.destroy();
    }
  }
}

/** Gives each request the same answer. */
export function answerEach(bytes: OriginAnswer): OriginScript {
  return async (connection) => {
    for (;;) {
      const request = await connection.request();
      await connection.send(typeof bytes === 'function' ? bytes(request) : bytes);
    }
  };
}

/** Takes a request and never answers it. */
export const hang: OriginScript = async (connection) => {
  await connection.request();
  await connection.stream.closed;
};

/** Takes a request and resets its connection. */
export const resetAfterRequest: OriginScript = async (connection) => {
  await connection.request();
  connection.reset();
};

export const FAILING = 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n';
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
