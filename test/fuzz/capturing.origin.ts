import { Origin, type OriginConnection } from '../support/origin.js';
import { readRequests, valuesOf, type ReadRequest } from './second-reading.js';

/** One connection that the lane opened, with all that came over it. */
export class CapturedConnection {
  private received = '';
  /** Up to here the requests are answered. */
  private answered = 0;
  /** Where the present trial began. */
  private mark = 0;
  isClosed = false;
  /** Why what came cannot be read; empty: it can. */
  unreadable = '';

  constructor(private readonly connection: OriginConnection) {
    connection.socket.on('data', (chunk: Buffer) => this.take(chunk));
    connection.socket.once('close', () => {
      this.isClosed = true;
    });
  }

  /** What came since `begin`. */
  get text(): string {
    return this.received.slice(this.mark);
  }

  /** Whether a request has begun and is not whole. */
  get isWithinRequest(): boolean {
    return this.answered < this.received.length;
  }

  begin(): void {
    this.mark = this.received.length;
  }

  private take(chunk: Buffer): void {
    this.received += chunk.toString('latin1');
    const reading = readRequests(this.received.slice(this.answered));
    this.answered += reading.end;
    for (const request of reading.messages) void this.connection.send(answerTo(request)).catch(ignore);
    if (reading.ending !== 'refused') return;
    this.unreadable = reading.why;
    this.connection.socket.destroy();
  }
}

/** An origin that keeps every byte it is sent, and answers each request with what it saw of it. */
export class CapturingOrigin {
  private constructor(
    readonly origin: Origin,
    private readonly connections: CapturedConnection[],
  ) {}

  static async start(): Promise<CapturingOrigin> {
    const connections: CapturedConnection[] = [];
    const origin = await Origin.start((connection) => {
      connections.push(new CapturedConnection(connection));
    });
    return new CapturingOrigin(origin, connections);
  }

  /** A trial begins: what came before is forgotten, and so are connections that have closed. */
  begin(): void {
    const open = this.connections.filter((connection) => !connection.isClosed);
    for (const connection of open) connection.begin();
    this.connections.splice(0, Infinity, ...open);
  }

  /** Connections that something came over since the trial began. */
  get used(): readonly CapturedConnection[] {
    return this.connections.filter((connection) => connection.text !== '');
  }
}

/** Method, target and length of the body, as an access-log record can tell them: there, an empty query is none. */
export function describeRequest({ method, target, body }: ReadRequest): string {
  return `${method} ${/^[^?]*\?$/.test(target) ? target.slice(0, -1) : target} ${body.length}`;
}

/** Tells who was answered: the id that the lane gave the request, and what the request was. */
function bodyFor(request: ReadRequest): string {
  return `${valuesOf(request.fields, 'x-request-id').join()} ${describeRequest(request)}`;
}

function answerTo(request: ReadRequest): string {
  const body = bodyFor(request);
  const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`;
  return request.method === 'HEAD' ? head : head + body;
}

function ignore(): void {}
