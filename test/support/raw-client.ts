import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ByteStream } from './byte-stream.js';
import { type RawMessage, readMessage, valueOf } from './raw-message.js';

export interface RawResponse extends RawMessage {
  readonly status: number;
}

/** A client that sends exactly the bytes it is told to, over one connection. */
export class RawClient {
  readonly stream: ByteStream;

  private constructor(readonly socket: Socket) {
    this.stream = new ByteStream(socket);
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<RawClient> {
    const socket = connect({ port, host, noDelay: true });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** Resolves when the kernel has taken the bytes. */
  send(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(bytes, 'latin1', (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Sends and reads the answer. */
  async ask(bytes: string | Buffer, method = 'GET'): Promise<RawResponse> {
    await this.send(bytes);
    return this.response(method);
  }

  /** Reads one response, interim ones included. */
  async response(method = 'GET'): Promise<RawResponse> {
    const message = await readMessage(this.stream, (line) =>
      method === 'HEAD' || / (1\d\d|204|304)( |$)/.test(line) ? 'none' : 'to-end',
    );
    return { ...message, status: Number(message.line.split(' ')[1]) };
  }

  /** Reads one response head and leaves the body. */
  async head(): Promise<RawResponse> {
    const message = await readMessage(this.stream, 'none');
    return { ...message, status: Number(message.line.split(' ')[1]) };
  }

  /** Closes with a reset, so that the other side learns of it at its next read. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Writes heads of requests to a host. */
export function requestsTo(host: string) {
  return (target: string, fields: readonly string[] = [], method = 'GET'): string =>
    [`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...fields, '\r\n'].join('\r\n');
}

/** The problem that a refusal carries. */
export function problemIn(response: RawResponse): Record<string, unknown> {
  if (valueOf(response, 'content-type') !== 'application/problem+json') {
    throw new Error(`not a problem: ${response.head}${response.body}`);
  }
  return JSON.parse(response.body.toString()) as Record<string, unknown>;
}
