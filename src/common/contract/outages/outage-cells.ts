/** Cells of a circuit breaker, of a backend or of a service. */
export const CIRCUIT_CELLS = 4;
export const CircuitCell = {
  /** {@link CircuitState}. */
  state: 0,
  /** Open: until when. Half-open: when trials that have not ended count as lost. Wrapped milliseconds. */
  until: 1,
  /** How often it has opened without closing in between. */
  openings: 2,
  /** Half-open: trials that passed in the upper 16 bits, trials begun in the lower. */
  trials: 3,
} as const;

export const CircuitState = { closed: 0, open: 1, halfOpen: 2 } as const;

/** Cells in which the outcomes of a backend or service are counted, over all workers. */
export const OUTCOME_CELLS = 32;
/** Buckets of the sliding window, and what each counts. */
export const OUTCOME_BUCKETS = 8;
export const OutcomeBucketCell = { total: 0, failures: 1, slow: 2 } as const;
export const OUTCOME_BUCKET_CELLS = 3;
export const OutcomeCell = {
  /** Number of the newest bucket: time divided by the width of a bucket, wrapped to 32 bits. */
  bucket: 0,
  /** When the last ejection ended: wrapped milliseconds; only a backend's. */
  returnedAt: 1,
  /** Ejections ever; only a backend's. */
  ejectionsTotal: 2,
  /** How often the breaker has opened, ever. */
  openingsTotal: 3,
  /** OUTCOME_BUCKETS x OUTCOME_BUCKET_CELLS */
  buckets: 4,
} as const;
