import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { Field } from './second-reading.js';

/** A message as Node's parser saw it. Texts are latin1. */
export interface SeenMessage {
  /** Method and target of a request, status of a response. */
  readonly line: string;
  readonly fields: readonly Field[];
  readonly trailers: readonly Field[];
  readonly body: string;
}

export interface View {
  /** Messages that arrived whole, in order. */
  readonly messages: readonly SeenMessage[];
  /** Code of the parser's error; empty: none. `partial`: the text ended within a message. */
  readonly failure: string;
}

/** Heads in these tests are as long as the lanes allow, and get longer on their way. */
const MAX_HEAD_BYTES = 128 * 1024;

/** Both ways of reading that Node knows. */
export type Strictness = 'strict' | 'lenient';

/** How a server on Node reads what it is sent. */
export class LlhttpServerView {
  private readonly server: Server;
  private seen: { readonly request: IncomingMessage; readonly chunks: Buffer[] }[] = [];
  private failure = '';

  /** `requiresHost`: whether a request without Host is refused, as Node does it behind its parser. */
  constructor(strictness: Strictness, { requiresHost = true } = {}) {
    this.server = createServer({
      insecureHTTPParser: strictness === 'lenient',
      maxHeaderSize: MAX_HEAD_BYTES,
      requireHostHeader: requiresHost,
    });
    this.server.maxHeadersCount = 0;
    const take = (request: IncomingMessage, response: ServerResponse) => this.take(request, response);
    this.server.on('request', take).on('checkContinue', take).on('checkExpectation', take);
    this.server.on('connect', (request: IncomingMessage, socket: Duplex) => {
      this.failure = `CONNECT ${request.url}`;
      socket.destroy();
    });
    this.server.on('clientError', (error: Error & { code?: string }, socket: Duplex) => {
      this.failure ||= error.code === 'HPE_INVALID_EOF_STATE' ? 'partial' : String(error.code);
      socket.destroy();
    });
  }

  /** Reads what came on one connection, up to its end. One call at a time. */
  async read(bytes: Buffer): Promise<View> {
    this.seen = [];
    this.failure = '';
    const pipe = new Pipe();
    const closed = once(pipe, 'close');
    this.server.emit('connection', pipe);
    await pipe.deliver(bytes);
    await closed;
    const messages: SeenMessage[] = [];
    for (const { request, chunks } of this.seen) {
      if (request.complete) messages.push(messageOf(`${request.method} ${request.url}`, request, chunks));
      else this.failure ||= 'partial';
    }
    return { messages, failure: this.failure };
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    this.seen.push({ request, chunks });
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', ignore);
    // Not `Connection: close`: what the connection carries behind this request counts.
    request.on('end', () => response.end());
  }
}

/** How a client on Node reads an answer. */
export class LlhttpClientView {
  constructor(private readonly strictness: Strictness) {}

  /** Reads one final response, and the interim ones before it, from the bytes that one connection brought for a request. */
  async read(bytes: Buffer, method: string): Promise<View> {
    const pipe = new Pipe();
    const outcome = Promise.withResolvers<View>();
    const asked = request({
      method: method === 'HEAD' ? 'HEAD' : 'GET',
      createConnection: () => pipe,
      insecureHTTPParser: this.strictness === 'lenient',
      maxHeaderSize: MAX_HEAD_BYTES,
    });
    asked.maxHeadersCount = 0;
    asked.on('error', (error: Error & { code?: string }) =>
      outcome.resolve({
        messages: [],
        failure: error.code === 'ECONNRESET' ? 'partial' : String(error.code),
      }),
    );
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      let failure = 'partial';
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error: Error & { code?: string }) => {
        if (String(error.code).startsWith('HPE_')) failure = String(error.code);
      });
      response.on('close', () =>
        outcome.resolve(
          response.complete
            ? { messages: [messageOf(String(response.statusCode), response, chunks)], failure: '' }
            : { messages: [], failure },
        ),
      );
    });
    asked.end();
    await turn();
    await pipe.deliver(bytes);
    return outcome.promise;
  }
}

/** A connection whose other side sends given bytes and takes whatever it is sent. */
class Pipe extends Duplex {
  /** Gives the bytes, lets them be read, then ends. */
  async deliver(bytes: Buffer): Promise<void> {
    if (bytes.length > 0) this.push(bytes);
    // The parser reads within one turn; an end that came with the bytes would take unread bodies with it.
    await turn();
    await turn();
    if (!this.destroyed) this.push(null);
  }

  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    done();
  }
}

function messageOf(line: string, message: IncomingMessage, chunks: readonly Buffer[]): SeenMessage {
  return {
    line,
    fields: pairs(message.rawHeaders),
    trailers: pairs(message.rawTrailers),
    body: Buffer.concat(chunks).toString('latin1'),
  };
}

function pairs(raw: readonly string[]): Field[] {
  return Array.from(
    { length: raw.length / 2 },
    (_, index) => [raw[2 * index]!, raw[2 * index + 1]!] as const,
  );
}

function ignore(): void {}
