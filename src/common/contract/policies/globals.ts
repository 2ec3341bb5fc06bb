import { type AccessLogPolicy, FULL_ACCESS_LOG } from './access-log.js';
import type { BanReason } from '../ban-reasons.js';
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
  /** Of exchanges without a service, and of what services do not say themselves. */
  readonly accessLog: AccessLogPolicy;
}

/** What of it is decided for each exchange. */
export type ExchangeGlobals = Pick<GlobalPolicies, 'rateLimits' | 'bans' | 'accessLog'>;

/** One line of a list of addresses. */
export interface AddressEntry {
  /** Address or CIDR block in its one canonical form, such as `10.0.0.0/8`, `192.0.2.7` or `2001:db8::/32`. */
  readonly cidr: string;
  /** Why, for people; may be empty. */
  readonly note: string;
  /** Unix milliseconds; 0: never. */
  readonly expiresAt: number;
  /** It is recorded what would be blocked, and nothing is. Never of an allowlist. */
  readonly shadow: boolean;
}

/** When a client is banned without anybody's doing. */
export interface BanRuleSettings {
  readonly name: string;
  /** Ranges of statuses that count, both ends included. */
  readonly statuses: readonly (readonly [from: number, to: number])[];
  /** Drop reasons that count. */
  readonly reasons: readonly BanReason[];
  /** Who has been counted so often in a window is banned. */
  readonly count: number;
  readonly windowMs: number;
  /** Of the first ban; it doubles for who offends again. */
  readonly durationMs: number;
  /** Nobody is kept out. */
  readonly shadow: boolean;
}

/** All off, and everything recorded. */
export const NO_GLOBALS: GlobalPolicies = {
  blocklist: [],
  allowlist: [],
  blocklistFiles: [],
  rateLimits: [],
  bans: [],
  accessLog: FULL_ACCESS_LOG,
};
