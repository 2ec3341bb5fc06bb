import { readdir, readFile, readlink } from 'node:fs/promises';
import { parseListening } from '../../../../common/processes/index.js';

/** Who listens on a port, as far as this user may see it. */
export interface Holder {
  readonly pid: number;
  /** Its command line, cut. */
  readonly command: string;
}

const MAX_COMMAND = 60;

/** Sockets that listen, as inode and port. Empty where there is no /proc. */
async function listening(): Promise<Map<string, number>> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(text));
  return new Map(tables.flatMap(parseListening).map(({ inode, port }) => [inode, port]));
}

/** Ports that these processes listen on. */
export async function portsOf(pids: readonly number[]): Promise<ReadonlySet<number>> {
  const sockets = await listening();
  const found = await Promise.all(pids.map((pid) => portsHeldBy(pid, sockets)));
  return new Set(found.flat());
}

/** Who holds which of these ports. Looks at all processes: not for every day. */
export async function holdersOf(ports: ReadonlySet<number>): Promise<ReadonlyMap<number, Holder>> {
  const sockets = new Map([...(await listening())].filter(([, port]) => ports.has(port)));
  const holders = new Map<number, Holder>();
  if (sockets.size === 0) return holders;
  for (const name of (await list('/proc')).filter((one) => /^\d+$/.test(one))) {
    for (const port of await portsHeldBy(Number(name), sockets)) {
      const command = (await text(`/proc/${name}/cmdline`)).replaceAll('\0', ' ').trim();
      holders.set(port, { pid: Number(name), command: command.slice(0, MAX_COMMAND) });
    }
    if (holders.size === ports.size) break;
  }
  return holders;
}

async function portsHeldBy(pid: number, sockets: ReadonlyMap<string, number>): Promise<number[]> {
  const held: number[] = [];
  for (const descriptor of await list(`/proc/${pid}/fd`)) {
    const link = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    const port = sockets.get(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '');
    if (port !== undefined) held.push(port);
  }
  return held;
}

/** Processes come and go while they are looked at, and those of others may be closed to us: both read as nothing. */
async function text(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}

async function list(path: string): Promise<string[]> {
  return await readdir(path).catch(() => []);
}
