/** Where several balancers count their rate limits together. */
export interface RedisSettings {
  /** `redis://` or `rediss://`; may hold a user name and a password. */
  readonly url: string;
  /** In front of the names of all keys. */
  readonly prefix: string;
  /** How long an exchange waits for an answer at most. */
  readonly timeoutMs: number;
}

/** How a worker stands to Redis. */
export const SharedLimitState = {
  /** No rule needs it. */
  idle: 0,
  up: 1,
  /** Limits count in this balancer alone. */
  away: 2,
} as const;
export type SharedLimitState = (typeof SharedLimitState)[keyof typeof SharedLimitState];

/** Own cells of a worker about rate limits that several balancers share. */
export const SHARED_LIMIT_CELLS = 8;
export const SharedLimitCell = {
  /** One of {@link SharedLimitState}. */
  state: 0,
  /** Exchanges that asked Redis. */
  asked: 1,
  /** Exchanges that were refused by what it said. */
  refused: 2,
  /** Exchanges that a shared rule applied to and that were decided without it. */
  alone: 3,
} as const;

/** A worker's standing to Redis has changed. */
export interface SharedLimitsEvent {
  readonly kind: 'shared-limits';
  readonly state: SharedLimitState;
  /** Why; empty: Redis answers. */
  readonly reason: string;
}
