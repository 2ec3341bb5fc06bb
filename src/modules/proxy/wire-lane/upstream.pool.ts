import type { BackendRuntime, ServiceRuntime } from '../../balancer/index.js';
import type { BackendPool } from '../backend-pools.js';
import type { DeadlineTicker } from '../deadline.ticker.js';
import { KEEP_ALIVE_MARGIN_MS, MAX_IDLE, tlsOptions, unbracketed } from '../upstream-connecting.js';
import type { ReadBuffers } from './read-buffers.js';
import { type ConnectionKeeper, UpstreamConnection, type UpstreamUser } from './upstream-connection.js';
import { WireSocket } from './wire-socket.js';

/** What all pools of a lane share. */
export interface PoolServices {
  readonly ticker: DeadlineTicker;
  readonly buffers: ReadBuffers;
}

/** The connections of this worker to one backend. The one used last is used next: the others may grow old and go. */
export class UpstreamPool implements ConnectionKeeper, BackendPool {
  private readonly idle: UpstreamConnection[] = [];
  private readonly options: Parameters<typeof WireSocket.connect>[0];
  private readonly isSecure: boolean;
  private readonly idleMs: number;
  private isRetired = false;

  constructor(
    private readonly services: PoolServices,
    { snapshot: settings }: ServiceRuntime,
    { snapshot: backend }: BackendRuntime,
  ) {
    const address = { host: unbracketed(backend.host), port: backend.port, noDelay: true };
    this.isSecure = backend.secure;
    this.options = backend.secure ? { ...address, ...tlsOptions(settings, backend) } : address;
    this.idleMs = settings.timeouts.upstreamIdleMs;
  }

  /** An idle connection; null: there is none. */
  take(user: UpstreamUser): UpstreamConnection | null {
    for (;;) {
      const connection = this.idle.pop();
      if (connection === undefined) return null;
      if (connection.socket.isDestroyed) continue;
      connection.serve(user);
      return connection;
    }
  }

  /** A new connection, which reports to `user` when it stands. */
  connect(user: UpstreamUser): UpstreamConnection {
    const connection = new UpstreamConnection(this, user);
    connection.socket = WireSocket.connect(this.options, this.isSecure, this.services.buffers, connection);
    this.services.ticker.add(connection);
    return connection;
  }

  /** Takes back a connection that is idle now. */
  give(connection: UpstreamConnection): void {
    const announcedMs = connection.announcedIdleMs;
    const hintMs = announcedMs === 0 ? Infinity : announcedMs - KEEP_ALIVE_MARGIN_MS;
    if (this.isRetired || this.idle.length >= MAX_IDLE || hintMs <= 0) return connection.abandon();
    connection.deadlineMs = this.services.ticker.nowMs + Math.min(hintMs, this.idleMs);
    this.idle.push(connection);
  }

  /** Forgets a connection that has closed. */
  remove(connection: UpstreamConnection): void {
    this.services.ticker.remove(connection);
    const index = this.idle.indexOf(connection);
    if (index >= 0) this.idle.splice(index, 1);
  }

  retire(): void {
    this.isRetired = true;
    for (const connection of this.idle.splice(0)) connection.abandon();
  }

  /** A connection in use is closed by the exchange that uses it. */
  destroy(): void {
    this.retire();
  }
}
