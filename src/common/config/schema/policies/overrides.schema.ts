/** Keys of a service. */
export const overrideKeys = {};
