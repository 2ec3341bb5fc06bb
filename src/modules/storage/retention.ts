/** How long log records are kept, in milliseconds; 0: forever. */
export interface LogRetention {
  readonly accessLogMs: number;
  readonly healthLogMs: number;
  readonly auditLogMs: number;
}
