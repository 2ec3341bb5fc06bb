/** Injection token of the `ApplicationLogger`. */
export const APPLICATION_LOGGER = Symbol('ApplicationLogger');
