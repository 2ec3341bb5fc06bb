import type { ConnectionGate } from './connection.gate.js';

/** As many as the kernel keeps unaccepted by default (`backlog` of `listen`). */
export const WAITING_ROOM = 511;

/**
 * Connections of one listener that were admitted to `wait`, in the order in which they came. They are kept unread, as they
 * would be in the kernel's queue. What the listener does:
 *
 * - accept: `serve` → serve it; `wait` → `add`, and close it if that answers false; `refuse` → close it.
 * - a connection is gone: `leave`, and if that answers false it was served: `release` it at the gate.
 * - after either: serve what `next` hands out, until it hands out null.
 *
 * @typeParam T What stands for a connection, such as its socket; compared by identity.
 */
export class WaitingRoom<T extends object> {
  /** The address of the connection that `next` handed out last: the one to release it with, as a peer that is gone has none. */
  nextAddress = '';
  /** To its address, in the order of arrival. */
  private readonly connections = new Map<T, string>();

  constructor(
    private readonly gate: ConnectionGate,
    private readonly capacity = WAITING_ROOM,
  ) {}

  get size(): number {
    return this.connections.size;
  }

  /** False: there is no room. The connection is to be closed; the gate knows it already. */
  add(connection: T, address: string): boolean {
    if (this.connections.size >= this.capacity) {
      this.gate.turnAway(address);
      return false;
    }
    this.connections.set(connection, address);
    return true;
  }

  /** Forgets a connection that is gone. False: it did not wait here. */
  leave(connection: T): boolean {
    if (this.connections.size === 0) return false;
    const address = this.connections.get(connection);
    if (address === undefined) return false;
    this.connections.delete(connection);
    this.gate.abandon(address);
    return true;
  }

  /** The one that waited longest, if it can be served now: from here on it counts as served. */
  next(): T | null {
    if (this.connections.size === 0 || !this.gate.promote()) return null;
    for (const [connection, address] of this.connections) {
      this.connections.delete(connection);
      this.nextAddress = address;
      return connection;
    }
    return null;
  }

  /** Forgets all, and hands them out to be closed. */
  clear(): readonly T[] {
    const all = [...this.connections.keys()];
    for (const connection of all) this.leave(connection);
    return all;
  }
}
