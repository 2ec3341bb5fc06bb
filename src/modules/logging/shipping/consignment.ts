import type { AccessLogRecord, EncodedRecord } from '../../../common/contract/index.js';
import type { Rollup } from '../analytics/rollup.js';

/**
 * What goes to the store at a time: a stretch of one spool. The same `sequence` of a source always has the same content,
 * also after a crash, apart from records that the store has refused. Sequences of a source rise by one.
 */
export interface Consignment {
  /** Id of the spool. */
  readonly source: string;
  /** From 1 on. */
  readonly sequence: number;
  /** Those to be stored; sampling leaves some out. */
  readonly records: readonly AccessLogRecord[];
  /** More of them, as they stand in the spool: only for a store that takes them so. */
  readonly encoded?: readonly EncodedRecord[];
  /** Sums over all exchanges of the stretch, recorded or not. */
  readonly rollups: readonly Rollup[];
}

/** The end of the spool's way. */
export interface ConsignmentStore {
  /** Consignments of a source that may be on their way at a time. 1: the next comes when the one before is stored. */
  readonly maxInFlight: number;
  /**
   * Whether a consignment that failed has left nothing behind. false: some of its roll-ups may have been added, so that a
   * repeat must have the very same ones; the spool keeps them until then.
   */
  readonly isAtomic: boolean;
  /** Whether it takes `encoded` records; default: they are decoded for it. */
  readonly takesEncoded?: boolean;
  /** Of one consignment, about, where more than these wait; default 5,000. */
  readonly consignmentRecords?: number;
  /**
   * Stores it exactly once, however often it is called with it: records by their id, roll-ups by `source` and `sequence`.
   * What was delivered before may come again after a restart. Rejects with STORE_UNAVAILABLE when the store is away.
   *
   * @param before Resolves when the consignment before it is stored, rejects when that one failed. A store with several in
   * flight may insert the records at once, but adds roll-ups, which must come in order, only behind it, and rejects with it. Default: it is stored.
   */
  deliver(consignment: Consignment, before?: Promise<void>): Promise<void>;
  /**
   * Inserts records alone, idempotent by id: how a record that the store refuses is searched for when `deliver` rejected
   * for another reason than being away. The consignment then comes again without it.
   */
  append(records: readonly AccessLogRecord[]): Promise<void>;
  /** Resolves when all that was delivered would survive the loss of power: the spool may then forget it. */
  settle(): Promise<void>;
}
