/** When backends or the service are given a rest. */
export interface BreakerPolicy {
  /** null: off. */
  readonly circuit: CircuitSettings | null;
  /** null: off. */
  readonly ejection: EjectionSettings | null;
  /** Per cent: with fewer of the backends available, ejections and open breakers keep nobody out. 0: off. */
  readonly panicPercent: number;
  /** What is answered instead of `circuit_open` or `no_backend`; null: nothing. */
  readonly fallback: FallbackSettings | null;
}

/** A circuit breaker: after too many failures or slow calls nothing is sent for a while. */
export interface CircuitSettings {
  /** Per cent of the calls that fail. */
  readonly errorPercent: number;
  /** Per cent of the calls that are slow; 0: slowness does not matter. */
  readonly slowPercent: number;
  /** A call that takes longer to its response head is slow. */
  readonly slowMs: number;
  /** Calls within the window below which nothing is concluded. */
  readonly minimum: number;
  readonly windowMs: number;
  /** For how long it is open at first; each failed trial doubles it, up to `maxOpenMs`. */
  readonly openMs: number;
  readonly maxOpenMs: number;
  /** Trials that must succeed before it closes, and that may run at a time. */
  readonly probes: number;
  readonly perBackend: boolean;
  readonly perService: boolean;
  /** It tells when it would open, and keeps nothing out. */
  readonly shadow: boolean;
}

/** Takes a backend out for a while after consecutive failures. */
export interface EjectionSettings {
  readonly consecutive: number;
  /** For how long, times the number of recent ejections, up to `maxMs`. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** Per cent of a service's backends that may be ejected at a time; one always may. */
  readonly maxPercent: number;
  /** It tells whom it would eject, and ejects nobody. */
  readonly shadow: boolean;
}

export const FALLBACK_REASONS = ['circuit_open', 'no_backend'] as const;
export type FallbackReason = (typeof FALLBACK_REASONS)[number];

export interface FallbackSettings {
  readonly on: readonly FallbackReason[];
  /** Name of the service that serves instead; empty: the fixed answer below. */
  readonly service: string;
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
}

export const NO_BREAKER: BreakerPolicy = { circuit: null, ejection: null, panicPercent: 0, fallback: null };
