import type { Socket } from 'node:net';
import type { ListenerSettings } from '../../../common/contract/index.js';
import type { LaneConnections } from '../listener/lane-connections.js';
import type { ListenerState } from '../listener/listener-state.js';
import { type ConnectionOwner, type SessionPool, WireConnection } from './wire-connection.js';
import type { WireLane } from './wire-lane.js';
import { WireSocket } from './wire-socket.js';

/**
 * Where a connection goes that this lane does not serve. `bytes`: what was read of it already; `gone`: to be called once
 * it has closed.
 */
export type HandOver = (socket: Socket, bytes: Buffer, gone: () => void) => void;

/** The connections of one listener that the wire lane serves. */
export class WireConnections implements LaneConnections, ConnectionOwner {
  /** Port that the listener is bound to. */
  port = 0;
  readonly sessions: SessionPool;
  private readonly connections = new Set<WireConnection>();

  /** @param handOverTo null: everything is served here, an upgrade as if it had not been asked for. */
  constructor(
    private readonly lane: WireLane,
    readonly settings: ListenerSettings,
    private readonly state: ListenerState,
    private readonly handOverTo: HandOver | null,
  ) {
    this.sessions = lane.sessionsFor(settings);
  }

  get size(): number {
    return this.connections.size;
  }

  get isDraining(): boolean {
    return this.state.isDraining;
  }

  get handsOver(): boolean {
    return this.handOverTo !== null;
  }

  get nowMs(): number {
    return this.lane.ticker.nowMs;
  }

  /** Serves a connection that was accepted the ordinary way, and has not been read from. */
  open(socket: Socket, gone: () => void): void {
    const connection = this.admit(gone);
    connection.socket = WireSocket.overStream(socket, this.lane.buffers, connection);
    socket.setNoDelay(true).resume();
  }

  /** Serves a connection as the kernel handed it over. */
  openHandle(handle: unknown, gone: () => void): void {
    const connection = this.admit(gone);
    connection.socket = WireSocket.overHandle(handle, this.lane.buffers, connection);
    connection.socket.socket.setNoDelay(true);
  }

  drain(): void {
    for (const connection of this.connections) connection.drain();
  }

  cut(): number {
    let running = 0;
    for (const connection of this.connections) if (connection.shutDown()) running++;
    return running;
  }

  left(connection: WireConnection): void {
    this.forget(connection);
    connection.gone();
  }

  handOver(connection: WireConnection, socket: Socket, bytes: Buffer): void {
    this.forget(connection);
    this.handOverTo!(socket, bytes, connection.gone);
  }

  private admit(gone: () => void): WireConnection {
    const connection = new WireConnection(this, gone);
    this.connections.add(connection);
    this.lane.ticker.add(connection);
    return connection;
  }

  private forget(connection: WireConnection): void {
    this.connections.delete(connection);
    this.lane.ticker.remove(connection);
  }
}
