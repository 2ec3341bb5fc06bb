/** Keys of a service. */
export const shapingKeys = {};
