/** How traffic is split, copied and rewritten. */
export interface ShapingPolicy {}

export const NO_SHAPING: ShapingPolicy = {};
