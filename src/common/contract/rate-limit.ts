/** What a rate limit counts apart: each client address, each method and path, each value of a header. */
export const RATE_LIMIT_KEYS = ['ip', 'endpoint', 'header'] as const;
export type RateLimitKey = (typeof RATE_LIMIT_KEYS)[number];

/** So many exchanges in a time, for each key apart; the bucket of GCRA holds `burst` of them. */
export interface RateLimitSettings {
  /** Unique within its service; what clients and logs are told. */
  readonly name: string;
  /** Empty: all exchanges that the rule applies to share one allowance. */
  readonly by: readonly RateLimitKey[];
  /** Whose value is counted apart, lower case; empty unless `by` has `header`. */
  readonly header: string;
  /** Empty: any. */
  readonly method: string;
  /** Pattern of paths (see PathPattern); empty: any. */
  readonly path: string;
  /** Exchanges per `windowMs` in the long run. */
  readonly limit: number;
  readonly windowMs: number;
  /** Exchanges that may come at once after a rest; at least 1. */
  readonly burst: number;
  /** It records what it would refuse, and refuses nothing. */
  readonly shadow: boolean;
}
