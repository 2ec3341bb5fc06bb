/** Who may not ask a service for anything. */
export interface BlockPolicy {}

export const NO_BLOCKING: BlockPolicy = {};
