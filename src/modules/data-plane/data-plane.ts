import type { BoundAddress, DrainReport } from '../../common/contract/index.js';
import type { SnapshotReceiver } from './snapshot.publisher.js';
import type { WorkerStatus } from './worker.handle.js';

/** Where traffic is served: in worker threads, or inline in the control plane. */
export interface DataPlane extends SnapshotReceiver {
  readonly mode: 'threads' | 'inline';
  /** Opens the listeners and resolves with what was bound. Rejects with ADDRESS_IN_USE. */
  listen(): Promise<readonly BoundAddress[]>;
  /** Stops accepting, lets running exchanges finish until the deadline. Resolves with what was cut. */
  drain(deadlineMs: number): Promise<DrainReport>;
  status(): readonly WorkerStatus[];
}

export const DATA_PLANE = Symbol('DataPlane');
