import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { VelocityError } from '../../../../common/errors/index.js';
import { holdersOf } from './port.holders.js';

export interface PortRange {
  /** Both inclusive. */
  readonly from: number;
  readonly to: number;
}

/** Holders that a message names. */
const NAMED_HOLDERS = 5;

/** Ports that belong to a process of ours, also while it does not listen yet: of all drivers of this balancer. */
const taken = new Set<number>();
/** Those of them whose process ends, or has ended and is being cleared away. */
const leaving = new Map<number, Promise<unknown>>();

/** Takes free ports of a range, one after the other and around, so that one that was just left rests. */
export class PortFinder {
  private next: number;

  constructor(private readonly range: PortRange) {
    this.next = range.from;
  }

  /**
   * A port that nobody listens on now; it is ours until it is given back. Somebody else may still be faster than the
   * process that gets it.
   * @param avoid Ports that did not work. Rejects with DRIVER_REFUSED when none is free, nor will be in a moment.
   */
  async take(avoid: ReadonlySet<number>): Promise<number> {
    for (;;) {
      const port = await this.tryTake(avoid);
      if (port !== null) return port;
      const { from, to } = this.range;
      const soon = [...leaving].filter(([one]) => one >= from && one <= to && !avoid.has(one));
      if (soon.length === 0) throw new VelocityError('DRIVER_REFUSED', await this.exhausted());
      await Promise.race(soon.map(([, left]) => left));
    }
  }

  /** For a process that has it already. */
  static keep(port: number): void {
    taken.add(port);
  }

  /** @param left Resolves after it was given back, or when that failed. */
  static leave(port: number, left: Promise<unknown>): void {
    leaving.set(port, left);
    void left.finally(() => leaving.delete(port));
  }

  static giveBack(port: number): void {
    taken.delete(port);
    leaving.delete(port);
  }

  private async tryTake(avoid: ReadonlySet<number>): Promise<number | null> {
    const { from, to } = this.range;
    for (let count = to - from + 1; count > 0; count--) {
      const port = this.next;
      this.next = port >= to ? from : port + 1;
      if (avoid.has(port) || taken.has(port)) continue;
      taken.add(port);
      if (await isFree(port)) return port;
      taken.delete(port);
    }
    return null;
  }

  private async exhausted(): Promise<string> {
    const { from, to } = this.range;
    const ports = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    const own = ports.filter((port) => taken.has(port)).length;
    const holders = await holdersOf(new Set(ports.filter((port) => !taken.has(port))));
    const named = [...holders].slice(0, NAMED_HOLDERS);
    const others = named.map(([port, { pid, command }]) => `${port} is held by process ${pid} (${command})`);
    const range = from === to ? `port ${from} is not free` : `no port of ${from}-${to} is free`;
    const reasons = [...(own > 0 ? [`${own} of them by processes of Velocity`] : []), ...others];
    return `${range}${reasons.length === 0 ? '' : `: ${reasons.join(', ')}`}. Widen the range of \`ports\`, or stop who holds it`;
  }
}

/** Nobody listens there, neither on all addresses nor on loopback. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port)) && (await canListen(port, '127.0.0.1'));
}

async function canListen(port: number, host?: string): Promise<boolean> {
  const server = createServer();
  server.listen({ port, host, exclusive: true });
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** Host of loopback on which the port accepts, as in a URL; null: none does. */
export async function acceptingHost(port: number): Promise<string | null> {
  if (await accepts(port, '127.0.0.1')) return '127.0.0.1';
  return (await accepts(port, '::1')) ? '[::1]' : null;
}

const ACCEPT_MS = 1_000;

async function accepts(port: number, host: string): Promise<boolean> {
  const socket = connect({ port, host });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(ACCEPT_MS) });
    return true;
  } catch {
    return false;
  } finally {
    // Whoever it is may reset the connection now.
    socket.on('error', () => undefined);
    socket.destroy();
  }
}
