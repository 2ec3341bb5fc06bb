/** What the stream of the overview says, as the server declares it. */
export type Breaker = 'closed' | 'open' | 'half-open';

export interface Latency {
  /** Responses of the period. */
  readonly count: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
}

/** Rates are per second, of the period before the event. */
export interface Traffic {
  readonly received: number;
  readonly requests: number;
  readonly forwarded: number;
  readonly dropped: number;
  readonly drops: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: number;
  readonly retries: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly latency: Latency;
  readonly inFlight: number;
  readonly waiting: number;
}

export interface LiveBackend {
  readonly url: string;
  readonly weight: number;
  readonly backup: boolean;
  readonly state: 'enabled' | 'draining' | 'disabled';
  readonly health: 'unknown' | 'healthy' | 'unhealthy';
  readonly available: boolean;
  readonly ejected: boolean;
  readonly breaker: Breaker;
  readonly inFlight: number;
  readonly requests: number;
  readonly errors: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly latencyUs: number;
  readonly ewmaUs: number;
}

export interface LiveService extends Traffic {
  readonly running: number;
  readonly breaker: Breaker;
  readonly available: number;
  /** By id. */
  readonly backends: Readonly<Record<string, LiveBackend>>;
}

export interface Overview {
  readonly time: number;
  /** 0: the first look, without rates. */
  readonly periodMs: number;
  readonly startedAt: number;
  readonly version: string;
  readonly revision: number;
  readonly generation: number;
  readonly total: Traffic;
  readonly services: Readonly<Record<string, LiveService>>;
  readonly store: { readonly state: string; readonly error: string };
  readonly configError: string;
}

export type ChangeEvent =
  | {
      readonly kind: 'health' | 'ejection' | 'breaker';
      readonly time: number;
      readonly service: string;
      readonly backend: string;
      readonly url: string;
      readonly health: string;
      readonly over: boolean;
      readonly why: string;
    }
  | {
      readonly kind: 'revision';
      readonly time: number;
      readonly revision: number;
      readonly origin: string;
      readonly author: string;
      readonly note: string;
      readonly changes: readonly string[];
      readonly changesTotal: number;
    };
