const OUTAGE_KINDS = [
  'backend-ejected',
  'backend-returned',
  'breaker-opened',
  'breaker-half-open',
  'breaker-closed',
] as const;
export type OutageKind = (typeof OUTAGE_KINDS)[number];

/** Tells outages from what other policies tell. */
export function isOutageEvent(event: { readonly kind: string }): event is OutageEvent {
  return (OUTAGE_KINDS as readonly string[]).includes(event.kind);
}

/** A backend or a whole service is given a rest, or comes back from it. Told once, by the thread that did it. */
export interface OutageEvent {
  readonly kind: OutageKind;
  readonly service: string;
  /** Id of the backend; empty: the breaker of the service as a whole. */
  readonly backend: string;
  /** Of the backend; empty for a service. */
  readonly url: string;
  /** What led to it: consecutive failures, or the calls of the window that failed. 0: time was over. */
  readonly failures: number;
  /** Calls of the window; 0 for ejections. */
  readonly calls: number;
  /** Slow calls of the window. */
  readonly slow: number;
  /** Unix milliseconds until when it lasts; 0: it is over, or lasts until a trial decides. */
  readonly until: number;
  /** Nothing was done: it only would have been. */
  readonly shadow: boolean;
}
