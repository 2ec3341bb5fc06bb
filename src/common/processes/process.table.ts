import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that listens, as far as this user may see it. */
export interface PortHolder {
  /** 0: it belongs to another user, who does not let us look. */
  readonly pid: number;
  /** Its command line, cut; empty when unknown. */
  readonly command: string;
  readonly isVelocity: boolean;
}

export interface RunningBalancer {
  readonly pid: number;
  /** Every port it listens on. */
  readonly ports: readonly number[];
}

interface ListeningSocket {
  readonly port: number;
  readonly inode: string;
}

const LISTEN = '0A';
const MAX_COMMAND = 100;
/** A balancer's command line: our entry or the installed command, and `run`. */
const BALANCER = /(?:dist\/main\.js|velocity(?:\.mjs)?)\s+run(?:\s|$)/;

/** Who listens where on this machine, read from Linux' /proc. Elsewhere it knows nothing. */
export class ProcessTable {
  private readonly sockets = readListeningSockets();
  private readonly owners = readOwners(new Set(this.sockets.map(({ inode }) => inode)));

  /** Each process that listens on the port once, however many sockets it has there. */
  holdersOf(port: number): PortHolder[] {
    const pids = new Set(
      this.sockets.filter((socket) => socket.port === port).map(({ inode }) => this.owners.get(inode) ?? 0),
    );
    return [...pids].map((pid) => {
      const command = pid === 0 ? '' : commandOf(pid);
      return { pid, command: command.slice(0, MAX_COMMAND), isVelocity: BALANCER.test(command) };
    });
  }

  /** Those that listen: a shell whose command line merely names one does not. */
  balancers(): RunningBalancer[] {
    return processIds()
      .filter((pid) => pid !== process.pid && BALANCER.test(commandOf(pid)))
      .map((pid) => ({ pid, ports: this.portsOf(pid) }))
      .filter(({ ports }) => ports.length > 0);
  }

  private portsOf(pid: number): number[] {
    const own = this.sockets.filter(({ inode }) => this.owners.get(inode) === pid).map(({ port }) => port);
    return [...new Set(own)].sort((a, b) => a - b);
  }
}

function readListeningSockets(): ListeningSocket[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => parseListening(read(file)));
}

/** Lines of the kernel's table: `sl local_address rem_address st ... inode`, addresses and ports in hexadecimal. */
export function parseListening(table: string): ListeningSocket[] {
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local = '', , state] = fields;
    const inode = fields[9];
    if (state !== LISTEN || inode === undefined) return [];
    return [{ port: Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16), inode }];
  });
}

/** Process id by inode of a socket. */
function readOwners(inodes: ReadonlySet<string>): Map<string, number> {
  const owners = new Map<string, number>();
  if (inodes.size === 0) return owners;
  for (const pid of processIds()) {
    for (const descriptor of list(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode !== undefined && inodes.has(inode)) owners.set(inode, pid);
    }
  }
  return owners;
}

function processIds(): number[] {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

/** Processes come and go while they are looked at, and those of others may be closed to us: both read as nothing. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
