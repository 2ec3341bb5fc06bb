/**
 * Something that a policy did or found in a worker and that people should hear of, told to the main thread. Rare: it goes
 * into logs, never per exchange.
 */
export interface PolicyEvent {
  /** What happened, such as `backend-ejected`. */
  readonly kind: string;
}
