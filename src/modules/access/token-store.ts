import type { Role } from '../../common/contract/index.js';

/** A token as it is stored: everything but the secret. Times are Unix milliseconds. */
export interface StoredToken {
  /** 12 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the whole token text, in hex. */
  readonly digest: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** null: never. */
  readonly expiresAt: number | null;
  /** Exact to a minute; null: never. */
  readonly lastUsedAt: number | null;
}

/** Keeps the tokens, some hundred at most. Every call rejects with STORE_UNAVAILABLE when the store is away. */
export interface TokenStore {
  /** By name. */
  list(): Promise<readonly StoredToken[]>;
  /** Rejects with TOKEN_EXISTS when there is one of that name. */
  create(token: StoredToken): Promise<void>;
  /** Resolves with false when there was none. */
  remove(id: string): Promise<boolean>;
  /** Moves `lastUsedAt` forward, never back; ids that are gone are left out. */
  markUsed(uses: ReadonlyMap<string, number>): Promise<void>;
}

export const TOKEN_STORE = Symbol('TokenStore');
