import type { Socket } from 'node:net';
import type { LaneConnections } from './lane-connections.js';

/** The connections of a lane that is loaded when the first of them comes. Until then they wait, unread. */
export class LateConnections implements LaneConnections {
  private connections: LaneConnections | null = null;
  private loading: Promise<LaneConnections> | null = null;
  private readonly waiting = new Set<Socket>();
  private isDraining = false;

  constructor(private readonly make: () => Promise<LaneConnections>) {}

  get size(): number {
    return this.waiting.size + (this.connections === null ? 0 : this.connections.size);
  }

  /** Loads the lane now rather than with the first connection. */
  async prepare(): Promise<LaneConnections> {
    this.loading ??= this.make();
    this.connections = await this.loading;
    return this.connections;
  }

  open(socket: Socket, gone: () => void): void {
    if (this.connections !== null) this.connections.open(socket, gone);
    else void this.openLate(socket, gone);
  }

  drain(): void {
    this.isDraining = true;
    this.connections?.drain();
  }

  cut(): number {
    for (const socket of this.waiting) socket.destroy();
    return this.connections === null ? 0 : this.connections.cut();
  }

  /** A lane that cannot be loaded is a fault of the installation: the rejection ends the worker, which says so. */
  private async openLate(socket: Socket, gone: () => void): Promise<void> {
    this.waiting.add(socket);
    try {
      const connections = await this.prepare();
      this.waiting.delete(socket);
      if (socket.destroyed) return gone();
      connections.open(socket, gone);
      // Idle connections are closed once; this one is not idle.
      if (this.isDraining) connections.drain();
    } catch (error) {
      this.waiting.delete(socket);
      socket.destroy();
      gone();
      throw error;
    }
  }
}
