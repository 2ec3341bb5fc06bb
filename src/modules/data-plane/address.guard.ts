import net from 'node:net';
import { VelocityError } from '../../common/errors/index.js';

/** Platforms where the kernel spreads the connections of one port over several sockets. */
export const SHARES_PORTS = ['linux', 'freebsd', 'dragonfly', 'sunos', 'aix'].includes(process.platform);

/** An address that this process owns: no second balancer can have taken it as well. */
export interface OwnedAddress {
  readonly host: string;
  /** The real port, also when 0 was asked for. */
  readonly port: number;
  /** The sockets that serve it listen: what kept its port free for them is let go. */
  served(): void;
  /** Gives the address up. */
  release(): void;
}

/**
 * Makes sure that nobody else listens on an address before workers bind it with `reusePort`: that option lets any
 * process of the same user join a port without an error, and the kernel would spread the connections over both.
 *
 * Two steps. Binding without `reusePort` fails while anybody listens there. On Linux a socket in the abstract
 * namespace, held until release, decides between two balancers that start at the same moment.
 * For port 0 the kernel chooses one. Others are kept from it until it is served: the kernel would give it to the next who
 * asks for any, and a start takes seconds.
 * Rejects with ADDRESS_IN_USE.
 */
export async function ownAddress(host: string, port: number): Promise<OwnedAddress> {
  const isChosen = port === 0 && SHARES_PORTS;
  const probe = await listen(host, port, { host, port, exclusive: true, reusePort: isChosen });
  const actual = (probe.address() as net.AddressInfo).port;
  if (!isChosen) await closed(probe);
  try {
    const lock = process.platform === 'linux' ? await holdName(host, actual) : null;
    return new HeldAddress(host, actual, isChosen ? probe : null, lock);
  } catch (error) {
    probe.close();
    throw error;
  }
}

class HeldAddress implements OwnedAddress {
  constructor(
    readonly host: string,
    readonly port: number,
    private readonly place: net.Server | null,
    private readonly lock: net.Server | null,
  ) {}

  served(): void {
    this.place?.close();
  }

  release(): void {
    this.place?.close();
    this.lock?.close();
  }
}

/** An address that another process owns as yet and hands over, so nothing is probed. */
export class InheritedAddress implements OwnedAddress {
  private lock: net.Server | null = null;

  constructor(
    readonly host: string,
    readonly port: number,
  ) {}

  /** When the other one has let go. Rejects with ADDRESS_IN_USE when a third one was faster: the sockets stay ours. */
  async own(): Promise<void> {
    if (process.platform === 'linux') this.lock = await holdName(this.host, this.port);
  }

  served(): void {}

  release(): void {
    this.lock?.close();
  }
}

function holdName(host: string, port: number): Promise<net.Server> {
  return listen(host, port, { path: `\0velocity-listener-${host}-${port}` });
}

/** Stands for an address and serves nobody: whoever comes is sent away. Rejects with what is wrong with the address. */
function listen(host: string, port: number, options: net.ListenOptions): Promise<net.Server> {
  const server = net.createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(addressError(host, port, error)));
    server.listen(options, () => {
      server.unref();
      resolve(server);
    });
  });
}

function closed(server: net.Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** What went wrong with an address, and what to do about it. */
export function addressError(host: string, port: number, error: NodeJS.ErrnoException): VelocityError {
  const address = `${host}:${port}`;
  const say = (text: string) => new VelocityError('ADDRESS_IN_USE', text, { cause: error });
  switch (error.code) {
    case 'EADDRINUSE':
      return say(
        `${address} is already in use by another program, perhaps a second Velocity. ` +
          `Stop it (\`ss -ltnp 'sport = :${port}'\` names it) or choose another port.`,
      );
    case 'EACCES':
      return say(
        `This user may not listen on ${address}: ports below 1024 need a privilege. Choose a higher port.`,
      );
    case 'EADDRNOTAVAIL':
      return say(`${host} is not an address of this machine. Use 0.0.0.0 for every interface.`);
    default:
      return say(`Cannot listen on ${address}: ${error.message}`);
  }
}
