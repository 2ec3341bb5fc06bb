/** How many exchanges may run at a time, and how others wait. */
export interface QueuePolicy {}

export const NO_QUEUE: QueuePolicy = {};
