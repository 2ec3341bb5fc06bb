import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ListeningSocket } from '../../common/contract/index.js';
import type { ApplicationLogger } from '../../modules/logging/index.js';
import { openNodeHandles } from './node-handles.js';
import {
  addressList,
  isAnswered,
  LONGEST_SOCKET_PATH,
  type TakenAddresses,
  TAKEOVER_VERSION,
  type ToNew,
  type ToRunning,
} from './takeover.messages.js';

const HELPER = fileURLToPath(new URL('./hand-over.entry.js', import.meta.url));
/** A helper that has not sent the sockets by then never will. */
const HELPER_MS = 10_000;

export interface DoorParts {
  readonly path: string;
  /** As configured: port 0 is any. */
  readonly configured: TakenAddresses;
  /** As bound. */
  readonly bound: TakenAddresses;
  /** The listening sockets now, those of all workers. */
  readonly sockets: () => Promise<readonly ListeningSocket[]>;
  readonly adminSocket: () => number;
  /** Stops to accept on the admin's port, and gives up what only one process may own. */
  readonly leave: () => void;
  readonly log: ApplicationLogger;
}

/**
 * Where another process may ask to take over the listening sockets: a Unix socket beside the token file, for the same user
 * alone (mode 0600). The sockets themselves are handed over, not only their port, so that what waits in their queues is
 * lost to nobody; this balancer accepts until the new one says that it does.
 */
export class TakeoverDoor {
  /** Resolves with the process that has taken over. */
  readonly taken: Promise<number>;
  private readonly server: Server;
  private readonly resolveTaken: (pid: number) => void;
  private visitor: Socket | null = null;
  private visitorPid = 0;

  constructor(private readonly parts: DoorParts) {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.taken = promise;
    this.resolveTaken = resolve;
    this.server = createServer((socket) => this.onVisitor(socket));
  }

  /** Does its best: a balancer that cannot be taken over serves all the same, and says so. */
  async open(): Promise<void> {
    const { path, log } = this.parts;
    if (openNodeHandles() === null)
      return log.info('this Node cannot hand over sockets: this balancer cannot be taken over');
    if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH) {
      return log.warn({ path }, 'the path is too long for a Unix socket: this balancer cannot be taken over');
    }
    try {
      if (await isAnswered(path)) throw new Error('another balancer answers there');
      rmSync(path, { force: true });
      await this.listen();
      this.server.unref();
    } catch (error) {
      log.warn({ path, reason: String(error) }, 'this balancer cannot be taken over');
    }
  }

  close(): void {
    this.server.close();
    this.visitor?.destroy();
  }

  private listen(): Promise<void> {
    const { server } = this;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      // The socket's file is made within the call; nobody else may ever open it.
      const before = process.umask(0o177);
      server.listen(this.parts.path, () => resolve());
      process.umask(before);
      server.on('listening', () => server.off('error', reject).on('error', () => undefined));
    });
  }

  private onVisitor(socket: Socket): void {
    socket.on('error', () => undefined);
    if (this.visitor !== null) {
      return this.refuse(socket, 'another takeover of the running balancer is under way: wait for its end');
    }
    this.visitor = socket;
    socket.once('close', () => {
      if (this.visitor === socket) this.visitor = null;
    });
    createInterface({ input: socket }).on('line', (line) => this.onLine(socket, line));
  }

  private onLine(socket: Socket, line: string): void {
    const message = parsed(line);
    if (message === null) return void socket.destroy();
    switch (message.type) {
      case 'ask':
        return this.onAsk(socket, message);
      case 'send':
        return void this.send(socket);
      case 'listening':
        return this.onListening(socket);
    }
  }

  private onAsk(socket: Socket, { version, wanted, pid }: ToRunning & { type: 'ask' }): void {
    const { bound, log } = this.parts;
    if (version !== TAKEOVER_VERSION) {
      return this.refuse(
        socket,
        `the running balancer (process ${process.pid}) is of another version: restart it instead`,
      );
    }
    const difference = this.differenceFrom(wanted);
    if (difference !== null) return this.refuse(socket, difference);
    log.info({ pid }, 'another process asks to take over');
    this.visitorPid = pid;
    tell(socket, { type: 'offered', pid: process.pid, addresses: bound });
  }

  private differenceFrom(wanted: TakenAddresses): string | null {
    const { configured, bound } = this.parts;
    const pairs = [
      { what: 'listens', ours: configured.listeners, real: bound.listeners, theirs: wanted.listeners },
      { what: 'has its admin API', ours: [configured.admin], real: [bound.admin], theirs: [wanted.admin] },
    ];
    const different = pairs.find(
      ({ ours, real, theirs }) =>
        ours.length !== theirs.length ||
        theirs.some(
          ({ host, port }, index) =>
            host !== ours[index]!.host || (port !== ours[index]!.port && port !== real[index]!.port),
        ),
    );
    if (different === undefined) return null;
    const { what, real, theirs } = different;
    return `the running balancer (process ${process.pid}) ${what} on ${addressList(real)}, this configuration says ${addressList(theirs)}. A takeover changes no address: restart it instead`;
  }

  private async send(socket: Socket): Promise<void> {
    try {
      const sockets = await this.parts.sockets();
      const labels = [...sockets.map(({ listener }) => String(listener)), 'admin'];
      await handOver(socket, labels, [...sockets.map(({ fd }) => fd), this.parts.adminSocket()]);
      // Node stops to read what it gave to a child.
      socket.resume();
      tell(socket, { type: 'sent', count: labels.length });
    } catch (error) {
      this.refuse(socket, `the running balancer could not hand over: ${String(error)}`);
    }
  }

  private onListening(socket: Socket): void {
    // Its path is free for the new one from here on.
    this.server.close();
    this.parts.leave();
    tell(socket, { type: 'left' });
    socket.end();
    this.resolveTaken(this.visitorPid);
  }

  private refuse(socket: Socket, reason: string): void {
    this.parts.log.warn({ reason }, 'a takeover is refused');
    tell(socket, { type: 'refused', reason });
    socket.end();
  }
}

/** Resolves when the other process has all sockets in its queue. */
function handOver(socket: Socket, labels: readonly string[], descriptors: readonly number[]): Promise<void> {
  const helper = spawn(process.execPath, [HELPER, ...labels], {
    stdio: ['ignore', 'ignore', 'pipe', socket, ...descriptors],
    timeout: HELPER_MS,
    env: {},
  });
  let said = '';
  helper.stderr!.on('data', (bytes: Buffer) => (said += bytes.toString()));
  return new Promise((resolve, reject) => {
    helper.once('error', reject);
    helper.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`its helper ended with ${String(code ?? signal)}: ${said.trim()}`));
    });
  });
}

function tell(socket: Socket, message: ToNew): void {
  socket.write(`${JSON.stringify(message)}\n`);
}

function parsed(line: string): ToRunning | null {
  try {
    return JSON.parse(line) as ToRunning;
  } catch {
    return null;
  }
}
