/**
 * Ids of the processes that drivers of this balancer look after. There are two drivers of a service while one with new
 * settings takes over from the one before: neither touches what the other holds.
 */
export const heldProcesses = new Set<string>();
