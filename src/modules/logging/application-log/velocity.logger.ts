/**
 * The structured application log as our classes see it: fields first, then a constant message. A pino logger is one.
 * Errors go into the field `err`.
 */
export interface VelocityLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
