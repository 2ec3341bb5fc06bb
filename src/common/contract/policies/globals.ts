import type { RateLimitSettings } from '../rate-limit.js';

/** What holds for all services together. Plain data. */
export interface GlobalPolicies {
  readonly blocklist: readonly AddressEntry[];
  readonly allowlist: readonly AddressEntry[];
  /** Paths of files with an address or CIDR block per line, which are blocked too. */
  readonly blocklistFiles: readonly string[];
  /** Asked before those of the service. */
  readonly rateLimits: readonly RateLimitSettings[];
  readonly bans: readonly BanRuleSettings[];
}

/** What of it is decided for each exchange. */
export type ExchangeGlobals = Pick<GlobalPolicies, 'rateLimits' | 'bans'>;

/** One line of a list of addresses. */
export interface AddressEntry {
  /** Address or CIDR block, as written. */
  readonly cidr: string;
  /** Why, for people; may be empty. */
  readonly note: string;
  /** Unix milliseconds; 0: never. */
  readonly expiresAt: number;
  /** It is recorded what would be blocked, and nothing is. */
  readonly shadow: boolean;
}

/** When a client is banned without anybody's doing. */
export interface BanRuleSettings {
  readonly name: string;
}

/** All off. */
export const NO_GLOBALS: GlobalPolicies = {
  blocklist: [],
  allowlist: [],
  blocklistFiles: [],
  rateLimits: [],
  bans: [],
};
