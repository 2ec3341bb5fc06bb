/** A ban as the data plane keeps it. Who made it, and why, stays with whoever keeps the bans. */
export interface Ban {
  readonly id: string;
  /** An address or a CIDR block, IPv4 or IPv6. */
  readonly cidr: string;
  /** Unix milliseconds; 0: never. */
  readonly expiresAt: number;
  /** It records what it would refuse, and refuses nothing. */
  readonly shadow: boolean;
}

/**
 * What is blocked and allowed, as all threads read it: one memory that nobody copies and nobody changes any more.
 * Another content is another image, which is swapped for this one as a whole.
 */
export interface BlockImage {
  /** Layout: see `AddressTree`. */
  readonly buffer: SharedArrayBuffer;
}

/** `lists`: the global lists of the configuration with their files. `bans`: what is banned at run time. */
export type BlockImageKind = 'lists' | 'bans';

/** null: nothing is listed there, and nothing is looked up. */
export type BlockImages = Readonly<Record<BlockImageKind, BlockImage | null>>;

export const NO_BLOCK_IMAGES: BlockImages = { lists: null, bans: null };

/** Takes the bans that hold into the data plane, all of them each time: what is not among them is banned no more. */
export interface BanReceiver {
  /** Returns at once. Few bans work at once in the main thread and with the next message in workers; 100,000 within a second. */
  useBans(bans: readonly Ban[]): void;
}

/** What an image says of a network. */
export const BlockFlag = {
  blocked: 1,
  /** Would be blocked: recorded only. */
  shadow: 2,
  /** Let through whatever else says. */
  allowed: 4,
  /** A service lets it through: it is not closed at accept, and blocked later where it asks for another service. */
  spared: 8,
} as const;
