/** Settings of single paths. */
export interface OverridePolicy {}

export const NO_OVERRIDES: OverridePolicy = {};
