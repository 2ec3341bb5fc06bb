import type {
  BlockImage,
  BlockImageKind,
  BoundAddress,
  DrainReport,
  ListeningSocket,
} from '../../common/contract/index.js';
import type { SnapshotReceiver } from './snapshot.publisher.js';
import type { WorkerStatus } from './worker.handle.js';

/** Takes what is blocked to where traffic is served. */
export interface BlocklistReceiver {
  /** Serves in the place of the image of that kind; null: nothing is listed there. */
  receiveBlocklist(kind: BlockImageKind, image: BlockImage | null): void;
}

/** Where traffic is served: in worker threads, or inline in the control plane. */
export interface DataPlane extends SnapshotReceiver, BlocklistReceiver {
  readonly mode: 'threads' | 'inline';
  /**
   * Opens the listeners and resolves with what was bound. Rejects with ADDRESS_IN_USE.
   *
   * @param adopted Sockets of another process that listen already; where there is none, one is bound.
   */
  listen(adopted?: readonly ListeningSocket[]): Promise<readonly BoundAddress[]>;
  /** The sockets that listen now. */
  sockets(): Promise<readonly ListeningSocket[]>;
  /** Stops accepting, lets running exchanges finish until the deadline. Resolves with what was cut. */
  drain(deadlineMs: number): Promise<DrainReport>;
  status(): readonly WorkerStatus[];
}

export const DATA_PLANE = Symbol('DataPlane');
