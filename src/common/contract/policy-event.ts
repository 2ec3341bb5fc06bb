import type { OffenceEvent } from './offence-event.js';
import type { OutageEvent } from './outages/outage-event.js';
import type { SharedLimitsEvent } from './shared-limits.js';

/**
 * Something that a policy did or found in a worker and that people should hear of, told to the main thread. Rare: it goes
 * into logs, never per exchange. Members differ by their `kind`; each is described where its policy's contract is.
 */
export type PolicyEvent = OffenceEvent | OutageEvent | SharedLimitsEvent;
