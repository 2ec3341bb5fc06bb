/** Keys of a service and of `defaults`. */
export const queueKeys = {};
