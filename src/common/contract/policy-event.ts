import type { OutageEvent } from './outages/outage-event.js';

/**
 * Something that a policy did or found in a worker and that people should hear of, told to the main thread. Rare: it goes
 * into logs, never per exchange. Members differ by their `kind`.
 */
export type PolicyEvent = OutageEvent;
