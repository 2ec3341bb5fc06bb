import type { BlockImage, BlockImageKind, BoundAddress } from '../../common/contract/index.js';
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
  /** Opens the listeners and resolves with what was bound. Rejects with ADDRESS_IN_USE. */
  listen(): Promise<readonly BoundAddress[]>;
  /** Stops accepting, lets running exchanges finish until the deadline. Resolves with the number that was cut. */
  drain(deadlineMs: number): Promise<number>;
  status(): readonly WorkerStatus[];
}

export const DATA_PLANE = Symbol('DataPlane');
