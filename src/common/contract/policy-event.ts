import type { SharedLimitsEvent } from './shared-limits.js';

/**
 * Something that a policy did or found in a worker and that people should hear of, told to the main thread. Rare: it goes
 * into logs, never per exchange. Each kind is described where its policy's contract is.
 */
export type PolicyEvent = SharedLimitsEvent;
