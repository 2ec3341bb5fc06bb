import type { StoredBan } from './ban.js';

/** What a reading found. */
export interface ReadBans {
  /** Also those that ended less than `ENDED_KEPT_MS` ago. */
  readonly bans: readonly StoredBan[];
  /** For the next reading: it finds what changed since. Some that did not change may be found again. */
  readonly mark: number;
}

/** Keeps the bans. Every call rejects with STORE_UNAVAILABLE when the store is away. */
export interface BanStore {
  /** null: everything; else what changed since that reading, by whoever. */
  read(since: number | null): Promise<ReadBans>;
  /** Adds bans to those of the same networks as `strengthened` says, each atomically. */
  put(bans: readonly StoredBan[], now: number): Promise<void>;
  /** Ends bans now; ids that are not there are left out. */
  lift(ids: readonly string[], now: number): Promise<void>;
  /** Removes what ended before. A store that does so by itself need not. */
  forget(endedBefore: number): Promise<void>;
}

export const BAN_STORE = Symbol('BanStore');
