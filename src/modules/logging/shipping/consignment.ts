import type { AccessLogRecord } from '../../../common/contract/index.js';
import type { Rollup } from '../analytics/rollup.js';

/**
 * What goes to the store at a time: a stretch of one spool. The same `sequence` of a source always has the same content,
 * also after a crash; sequences rise, and one is delivered only when all before it have been.
 */
export interface Consignment {
  /** Id of the spool, one for each balancer. */
  readonly source: string;
  /** From 1 on. */
  readonly sequence: number;
  /** Those to be stored; sampling leaves some out. */
  readonly records: readonly AccessLogRecord[];
  /** Sums over all exchanges of the stretch, recorded or not. */
  readonly rollups: readonly Rollup[];
}

/** The end of the spool's way. */
export interface ConsignmentStore {
  /**
   * Stores it exactly once, however often it is called with it: records by their id, roll-ups by `source` and `sequence`.
   * Rejects with STORE_UNAVAILABLE when the store is away.
   */
  deliver(consignment: Consignment): Promise<void>;
  /** Resolves when all that was delivered would survive the loss of power: the spool may then forget it. */
  settle(): Promise<void>;
}
