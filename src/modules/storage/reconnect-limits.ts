import type { BackoffLimits } from '../../common/backoff.js';

/** Pauses between tries to reach a store that is away. */
export const RECONNECT_LIMITS: BackoffLimits = { baseMs: 200, maxMs: 5_000 };
