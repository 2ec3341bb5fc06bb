import { BACKEND_CELLS, type BackendSnapshot } from '../../common/contract/index.js';

/**
 * One backend as this thread sees it. Kept over reloads while it can be reached the same way (see
 * `backend-identity.ts`), so that what hangs on it (upstream connections of a lane) survives a new weight.
 */
export class BackendRuntime {
  /** Gone from the configuration: takes nothing new, even from an exchange that still holds the older service. */
  removed = false;
  /** Settings of the snapshot that runs. Set by `Balancer.use` alone. */
  snapshot: BackendSnapshot;
  /** Index of its first cell in `SharedMemory.backends`. */
  readonly row: number;

  constructor(snapshot: BackendSnapshot) {
    this.snapshot = snapshot;
    this.row = snapshot.slot * BACKEND_CELLS;
  }
}
