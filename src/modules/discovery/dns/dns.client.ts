import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { connect, isIPv6 } from 'node:net';
import { DnsRefusal, NOT_OURS, questionBytes, readAnswer, TRUNCATED } from './dns.message.js';
import type { DnsAnswer, DnsAsker, DnsQuestion } from './dns.question.js';

const PORT = 53;
const IDS = 65_536;
const LENGTH_BYTES = 2;
/** Of one try with one server, which has two before the next server is asked. */
const TRY_MS = 2_000;
const TRIES = 2;

interface Server {
  readonly host: string;
  readonly port: number;
}

/**
 * A stub resolver: asks name servers over UDP, and over TCP what does not fit. Node's own resolver does not tell the time
 * to live of SRV records. Names are taken as they are: no search domains, no hosts file.
 */
export class DnsClient implements DnsAsker {
  /**
   * @param servers host:port of the name servers, asked in this order; empty: those of the system, looked up at each question.
   * @param tryMs Default 2,000.
   */
  constructor(
    private readonly servers: readonly string[],
    private readonly tryMs = TRY_MS,
  ) {}

  async ask(question: DnsQuestion, signal: AbortSignal): Promise<DnsAnswer> {
    const failures: string[] = [];
    for (const server of this.addresses()) {
      try {
        return await this.askServer(server, question, signal);
      } catch (error) {
        signal.throwIfAborted();
        const reason = error instanceof Error ? error.message : String(error);
        failures.push(`${serverText(server)}: ${reason}`);
      }
    }
    const who = failures.length === 0 ? 'there is no name server' : failures.join('; ');
    throw new Error(`${question.name} ${question.type} cannot be resolved: ${who}`);
  }

  private addresses(): readonly Server[] {
    return (this.servers.length > 0 ? this.servers : getServers()).map(serverOf);
  }

  private async askServer(server: Server, question: DnsQuestion, signal: AbortSignal): Promise<DnsAnswer> {
    let last: unknown;
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(this.tryMs)]);
        return (await askDatagram(server, question, limit)) ?? (await askStream(server, question, limit));
      } catch (error) {
        last = error;
        // It has said what it has to say.
        if (signal.aborted || error instanceof DnsRefusal) break;
      }
    }
    throw last instanceof Error && last.name === 'TimeoutError' ? new Error('no answer') : last;
  }
}

/** Resolves with null when the answer does not fit into a datagram. */
function askDatagram(server: Server, question: DnsQuestion, signal: AbortSignal): Promise<DnsAnswer | null> {
  signal.throwIfAborted();
  const id = randomInt(IDS);
  // A port of its own for each question, and only the server may answer: forging an answer takes both numbers.
  const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
  const { promise, resolve, reject } = Promise.withResolvers<DnsAnswer | null>();
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('error', reject);
  socket.on('message', (bytes) => {
    try {
      const answer = readAnswer(bytes, question, id);
      if (answer !== NOT_OURS) resolve(answer === TRUNCATED ? null : answer);
    } catch (error) {
      // What cannot be read may be forged: the true answer may still come.
      if (error instanceof DnsRefusal) reject(error);
    }
  });
  socket.connect(server.port, server.host, (...[error]: [Error?]) => {
    if (error) reject(error);
    else socket.send(questionBytes(question, id));
  });
  return promise.finally(() => {
    signal.removeEventListener('abort', onAbort);
    socket.close();
  });
}

function askStream(server: Server, question: DnsQuestion, signal: AbortSignal): Promise<DnsAnswer> {
  signal.throwIfAborted();
  const id = randomInt(IDS);
  const { promise, resolve, reject } = Promise.withResolvers<DnsAnswer>();
  const socket = connect(server.port, server.host);
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  let received: Buffer = Buffer.alloc(0);
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('it closed the connection')));
  socket.on('connect', () => socket.write(framed(questionBytes(question, id))));
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    if (received.length < LENGTH_BYTES) return;
    const end = LENGTH_BYTES + received.readUInt16BE(0);
    if (received.length < end) return;
    try {
      const answer = readAnswer(received.subarray(LENGTH_BYTES, end), question, id);
      if (typeof answer === 'symbol') reject(new Error('it answered something else'));
      else resolve(answer);
    } catch (error) {
      reject(error as Error);
    }
  });
  return promise.finally(() => {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
  });
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** `10.0.0.53`, `10.0.0.53:5353`, `[2001:db8::53]:53`, `2001:db8::53`. */
function serverOf(text: string): Server {
  if (isIPv6(text)) return { host: text, port: PORT };
  const match = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  if (match === null) return { host: text, port: PORT };
  return { host: match[1] ?? match[2]!, port: match[3] === undefined ? PORT : Number(match[3]) };
}

function serverText({ host, port }: Server): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
