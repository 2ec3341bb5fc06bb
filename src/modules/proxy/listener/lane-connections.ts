import type { Socket } from 'node:net';

/** The connections of one listener that one lane serves. */
export interface LaneConnections {
  /** Connections that are open. */
  readonly size: number;
  /** Serves a connection that nobody has read from. `gone` is called once, after it has closed. */
  open(socket: Socket, gone: () => void): void;
  /** Closes what is idle now, and each other connection after the response that runs on it. */
  drain(): void;
  /** Closes everything; returns the number of exchanges that were ended by it. */
  cut(): number;
}
