/** An address or a CIDR block that is listed. */
export interface ListedNetwork {
  /** In canonical form, such as `10.0.0.0/8`, `192.0.2.7` or `2001:db8::/32`. */
  readonly cidr: string;
  /** Why, for people; empty: nothing is said. */
  readonly note: string;
  /** Unix milliseconds; 0: never. */
  readonly expiresAt: number;
  /** It records what it would refuse, and refuses nothing. Never of an allowlist. */
  readonly shadow: boolean;
}

/** Who may not ask for anything, and who may whatever else says. */
export interface BlockPolicy {
  readonly blocklist: readonly ListedNetwork[];
  readonly allowlist: readonly ListedNetwork[];
}

export const NO_BLOCKING: BlockPolicy = { blocklist: [], allowlist: [] };
