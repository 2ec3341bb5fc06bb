import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type Question,
  TRUNCATED_RESPONSE,
} from 'dns-packet';

const REFUSED = 5;
const SERVFAIL = 2;
const NXDOMAIN = 3;
const DATAGRAM_BYTES = 512;

/** What the server says to a question: records, or how it fails. */
export type DnsSaying = readonly Answer[] | 'nxdomain' | 'servfail' | 'refused' | 'silent';

/** A small name server on a port of its own, over UDP and TCP. What nobody wrote into it does not exist. */
export class DnsServer {
  /** Questions so far, as `A shop.internal`; over TCP with `tcp ` in front. */
  readonly asked: string[] = [];
  /** Seconds; of answers without records. */
  negativeTtl = 0;
  /** Sent before each true answer: a forgery. */
  forge: ((question: Question, id: number) => Buffer) | null = null;
  private readonly zone = new Map<string, DnsSaying>();
  private readonly connections = new Set<Socket>();
  private readonly waiters = new Set<() => void>();

  private constructor(
    private readonly datagrams: ReturnType<typeof createSocket>,
    private readonly streams: ReturnType<typeof createServer>,
  ) {}

  static async start(): Promise<DnsServer> {
    const streams = createServer();
    streams.listen(0, '127.0.0.1');
    await once(streams, 'listening');
    const datagrams = createSocket('udp4');
    datagrams.bind((streams.address() as AddressInfo).port, '127.0.0.1');
    await once(datagrams, 'listening');
    const server = new DnsServer(datagrams, streams);
    server.serve();
    return server;
  }

  /** As `servers` of a source has it. */
  get address(): string {
    return `127.0.0.1:${this.datagrams.address().port}`;
  }

  /** A name and type that is there from now on, or fails from now on. */
  set(type: 'A' | 'AAAA' | 'SRV', name: string, saying: DnsSaying): void {
    this.zone.set(`${type} ${name}`, saying);
  }

  /** The usual: IPv4 addresses of a name. */
  addresses(name: string, addresses: readonly string[], ttl = 0): void {
    this.set(
      'A',
      name,
      addresses.map((data) => ({ type: 'A', name, ttl, data })),
    );
  }

  services(
    name: string,
    records: readonly { priority?: number; weight?: number; port: number; target: string }[],
    ttl = 0,
  ) {
    this.set(
      'SRV',
      name,
      records.map((data) => ({ type: 'SRV', name, ttl, data })),
    );
  }

  /** Resolves when a question has been asked so often, counted from now. */
  async askedAgain(question: string, times = 1): Promise<void> {
    const count = () => this.asked.filter((one) => one === question).length;
    const wanted = count() + times;
    while (count() < wanted) await new Promise<void>((resolve) => this.waiters.add(resolve));
  }

  async close(): Promise<void> {
    for (const connection of this.connections) connection.destroy();
    this.datagrams.close();
    this.streams.close();
    await once(this.streams, 'close');
  }

  private serve(): void {
    this.datagrams.on('message', (bytes, { port, address }) => {
      const send = (reply: Buffer) => this.datagrams.send(reply, port, address);
      const { id = 0, questions: [question] = [] } = decode(bytes);
      if (question !== undefined && this.forge !== null) send(this.forge(question, id));
      const reply = this.reply(bytes, '');
      if (reply === null) return;
      send(reply.length <= DATAGRAM_BYTES ? reply : truncated(bytes));
    });
    this.streams.on('connection', (socket) => {
      this.connections.add(socket);
      socket.on('close', () => this.connections.delete(socket));
      socket.on('error', () => undefined);
      socket.once('data', (bytes: Buffer) => {
        const reply = this.reply(Buffer.from(bytes.subarray(2)), 'tcp ');
        if (reply === null) return;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(reply.length);
        // In two pieces, as it may come over a network.
        socket.write(Buffer.concat([length, reply.subarray(0, 20)]), () => socket.write(reply.subarray(20)));
      });
    });
  }

  private reply(bytes: Buffer, transport: string): Buffer | null {
    const { id = 0, questions = [] } = decode(bytes);
    const { type, name } = questions[0]!;
    const saying = this.zone.get(`${type} ${name}`) ?? this.sayingOfUnknown(name);
    this.asked.push(`${transport}${type} ${name}`);
    for (const wake of this.waiters) wake();
    this.waiters.clear();
    if (saying === 'silent') return null;
    const rcodes = { nxdomain: NXDOMAIN, servfail: SERVFAIL, refused: REFUSED } as const;
    const rcode = typeof saying === 'string' ? rcodes[saying] : 0;
    const answers = typeof saying === 'string' ? [] : [...saying];
    const authorities = answers.length === 0 && this.negativeTtl > 0 ? [soa(this.negativeTtl)] : [];
    const flags = AUTHORITATIVE_ANSWER | rcode;
    return encode({ type: 'response', id, flags, questions, answers, authorities });
  }

  /** A name that has records of another type exists. */
  private sayingOfUnknown(name: string): DnsSaying {
    return [...this.zone.keys()].some((key) => key.endsWith(` ${name}`)) ? [] : 'nxdomain';
  }
}

function soa(ttl: number): Answer {
  const data = { mname: 'ns', rname: 'admin', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: ttl };
  return { type: 'SOA', name: 'internal', ttl: ttl + 1, data };
}

function truncated(bytes: Buffer): Buffer {
  const { id = 0, questions = [] } = decode(bytes);
  return encode({ type: 'response', id, flags: TRUNCATED_RESPONSE, questions });
}
