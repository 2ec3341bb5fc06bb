import { createServer, type Server, Socket } from 'node:net';
import type { BoundAddress, ListenerSettings } from '../../../common/contract/index.js';
import type { ConnectionGate } from '../connections/connection.gate.js';
import { WaitingRoom } from '../connections/waiting.room.js';
import type { WireConnections } from '../wire-lane/wire-connections.js';
import { Blocklists } from '../policies/block/blocklists.js';
import { acceptHandles, type AcceptedHandle, isAcceptDoorOpen } from './accept-door.js';
import type { LaneConnections } from './lane-connections.js';
import type { LateConnections } from './late-connections.js';
import type { ListenerState } from './listener-state.js';

/** As many connections as the kernel may hold before we accept them. */
const BACKLOG = 4096;

export interface TrafficListenerParts {
  readonly settings: ListenerSettings;
  readonly state: ListenerState;
  readonly gate: ConnectionGate;
  /** Whose connections are closed at once. Default: nobody's. */
  readonly blocklists?: Blocklists;
  /** null: the HTTP lane serves alone. */
  readonly wire: WireConnections | null;
  /** null: the wire lane serves alone. */
  readonly http: LateConnections | null;
  /** false: sockets are accepted the documented way even where the other works. Default true. */
  readonly usesAcceptDoor?: boolean;
}

/** Where a socket comes from: it is bound, or listens already. */
type ListenSource =
  { readonly host: string; readonly port: number; readonly reusePort: boolean } | { readonly fd: number };

type Incoming = Socket | AcceptedHandle;

/** An address and port that we accept on: lets connections in, gives them to their lane, and sees all of them out. */
export class TrafficListener {
  /** One; more where several sockets of one address were taken over. */
  private readonly servers: Server[] = [];
  private readonly room: WaitingRoom<Incoming>;
  private readonly lanes: readonly LaneConnections[];
  private readonly emptied = Promise.withResolvers<void>();
  private readonly blocklists: Blocklists;
  private served = 0;

  constructor(private readonly parts: TrafficListenerParts) {
    this.blocklists = parts.blocklists ?? new Blocklists();
    this.room = new WaitingRoom(parts.gate);
    this.lanes = [parts.wire, parts.http].filter((lane) => lane !== null);
  }

  /**
   * Binds. Rejects with Node's error (`EADDRINUSE`, `EACCES` ...).
   *
   * @param reusePort The kernel spreads connections over all who bind.
   * @param adopted Instead of binding: sockets that listen on this address already.
   */
  async listen(reusePort: boolean, adopted: readonly number[] = []): Promise<BoundAddress> {
    const { settings, wire, http, usesAcceptDoor = true } = this.parts;
    // Beside the wire lane it is loaded when the first connection is handed over.
    if (wire === null) await http!.prepare();
    const isDoorOpen = wire !== null && usesAcceptDoor && (await isAcceptDoorOpen());
    const { host, port } = settings;
    const sources = adopted.length > 0 ? adopted.map((fd) => ({ fd })) : [{ host, port, reusePort }];
    const bound = await Promise.all(sources.map((source) => this.open(source, isDoorOpen)));
    const wrong = adopted.length === 0 ? undefined : bound.find((address) => address.port !== port);
    if (wrong !== undefined) throw new Error(`a socket of port ${wrong.port} was handed over for ${port}`);
    return bound[0]!;
  }

  /** Descriptors of the sockets that listen. */
  get descriptors(): readonly number[] {
    return this.servers.flatMap((server) => {
      const { fd } = (server as Server & { _handle?: { fd: number } | null })._handle ?? { fd: -1 };
      return fd < 0 ? [] : [fd];
    });
  }

  /**
   * Stops accepting, closes idle connections and each other one after the response that runs on it; what still runs after
   * the deadline is cut. Resolves with the number of exchanges that were cut, once the last connection has closed.
   */
  async drain(deadlineMs: number): Promise<number> {
    this.parts.state.isDraining = true;
    let cut = 0;
    const timer = setTimeout(() => {
      for (const lane of this.lanes) cut += lane.cut();
    }, deadlineMs);
    for (const server of this.servers) server.close();
    for (const waiting of this.room.clear()) closeNow(waiting);
    for (const lane of this.lanes) lane.drain();
    if (this.served > 0) await this.emptied.promise;
    clearTimeout(timer);
    return cut;
  }

  private async open(source: ListenSource, isDoorOpen: boolean): Promise<BoundAddress> {
    const server = createServer({ pauseOnConnect: true }, (socket) => this.accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...source, backlog: BACKLOG }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    // No file descriptor is left for a connection: it stays with the kernel, and the next one is tried as any other.
    server.on('error', ignore);
    this.servers.push(server);
    if (isDoorOpen) acceptHandles(server, (error, handle) => this.onHandle(error, handle));
    return this.bound(server);
  }

  private bound(server: Server): BoundAddress {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the listener has no port');
    if (this.parts.wire !== null) this.parts.wire.port = address.port;
    return { host: address.address, port: address.port };
  }

  private onHandle(_error: number, handle: AcceptedHandle | undefined): void {
    if (handle !== undefined) this.accept(handle);
  }

  private accept(incoming: Incoming): void {
    const address = this.addressOf(incoming);
    if (this.blocklists.isActive && this.blocklists.closes(address)) {
      this.parts.gate.refuseBlocked();
      return closeNow(incoming);
    }
    switch (this.parts.gate.admit(address)) {
      case 'serve':
        return this.serve(incoming, address);
      case 'refuse':
        return closeNow(incoming);
      case 'wait':
        if (!this.room.add(incoming, address)) return closeNow(incoming);
        if (incoming instanceof Socket) incoming.once('close', () => this.room.leave(incoming));
    }
  }

  /** Asking the kernel costs: it is asked only when somebody goes by addresses. */
  private addressOf(incoming: Incoming): string {
    if (this.parts.settings.maxConnectionsPerAddress === 0 && !this.blocklists.isActive) return '';
    if (incoming instanceof Socket) return incoming.remoteAddress ?? '';
    const out: { address?: string } = {};
    incoming.getpeername(out);
    return out.address ?? '';
  }

  private serve(incoming: Incoming, address: string): void {
    this.served++;
    const gone = () => this.onGone(address);
    const { wire, http } = this.parts;
    if (!(incoming instanceof Socket)) wire!.openHandle(incoming, gone);
    else if (incoming.destroyed) gone();
    else (wire ?? http)!.open(incoming, gone);
  }

  private onGone(address: string): void {
    this.served--;
    this.parts.gate.release(address);
    for (let next = this.room.next(); next !== null; next = this.room.next()) {
      this.serve(next, this.room.nextAddress);
    }
    if (this.served === 0 && this.parts.state.isDraining) this.emptied.resolve();
  }
}

function closeNow(incoming: Incoming): void {
  if (incoming instanceof Socket) incoming.destroy();
  else incoming.close();
}

function ignore(): void {}
