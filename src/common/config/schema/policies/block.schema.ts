/** Keys of a service. */
export const blockKeys = {};
