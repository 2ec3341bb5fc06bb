/* Cells of the traffic policies: what stands where in the rows that a service has of the shared memory. */

/** Own cells of a worker per service, read by the others: who waits there. */
export const QUEUE_CELLS = 4;
export const QueueCell = {
  /** Who waits there for a permit and goes first, as a `TurnMark`; 0: nobody. */
  permitHead: 0,
  /** The same for those that wait until a backend is below its `maxInFlight`. */
  backendHead: 1,
  /** This worker's share of `ServiceCell.permitsAwaited`. */
  permitsAwaited: 2,
  /** What else it has in `ServiceCell.waiting`. */
  backendsAwaited: 3,
} as const;

/** Cells in which the retries of a service are counted, over all workers: two cache lines. */
export const RETRY_CELLS = 32;
export const RETRY_SLICES = 11;
export const RetryCell = {
  /** 0: free; otherwise the holder's worker index + 1. */
  lock: 0,
  /** The latest second that has been counted in: monotonic, wrapped to 32 bits. */
  second: 1,
  /** RETRY_SLICES cells, one per second, around: requests. */
  requests: 2,
  /** The same: tries beyond the first of each request. */
  extra: 2 + RETRY_SLICES,
} as const;

/** Own counters of a worker per service: what became of the wish to try again. */
export const RETRY_COUNTERS = 8;
export const RetryCounter = {
  retries: 0,
  /** The budget was used up. */
  refused: 1,
  hedges: 2,
  hedgesWon: 3,
  hedgesRefused: 4,
} as const;

/** Cells of a service that splits or mirrors its traffic, over all workers. 16 cells fill one cache line. */
export const SHAPING_CELLS = 16;
export const ShapingCell = {
  /** Whose turn it is among the groups. */
  groupTurn: 0,
  /** Eight cells: the position of round robin in each group. */
  groupCursors: 1,
  /** Exchanges whose copy was answered, whatever the answer. */
  mirrored: 9,
  /** Copies that came to nothing: no backend, no connection, no answer in time. */
  mirrorFailures: 10,
  /** Exchanges that were to be copied and were not: too many copies ran already. */
  mirrorBusy: 11,
  /** The same: their body was not kept as a whole. */
  mirrorBodies: 12,
} as const;
