import type { StoredToken, TokenStore } from './token-store.js';

/**
 * The tokens in memory, as last read. A change of ours is in it at once; a reading that was under way meanwhile is done
 * again, so that it cannot bring back a revoked token.
 */
export class TokenBook {
  private tokens: ReadonlyMap<string, StoredToken> = new Map();
  private reading: Promise<void> | null = null;
  private changes = 0;
  private wasRead = false;

  constructor(private readonly store: Pick<TokenStore, 'list'>) {}

  /** false: nothing was read from the store yet, so an unknown token may be a good one. */
  get isRead(): boolean {
    return this.wasRead;
  }

  get(id: string): StoredToken | undefined {
    return this.tokens.get(id);
  }

  /** By name. */
  all(): readonly StoredToken[] {
    return [...this.tokens.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  add(token: StoredToken): void {
    this.changes++;
    this.tokens = new Map(this.tokens).set(token.id, token);
  }

  remove(id: string): void {
    this.changes++;
    this.tokens = new Map([...this.tokens].filter(([other]) => other !== id));
  }

  /** Reads them from the store; a reading that is under way is joined. Rejects with STORE_UNAVAILABLE. */
  read(): Promise<void> {
    this.reading ??= this.readUnchanged().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  private async readUnchanged(): Promise<void> {
    for (;;) {
      const { changes } = this;
      const found = await this.store.list();
      if (changes !== this.changes) continue;
      this.tokens = new Map(found.map((token) => [token.id, token]));
      this.wasRead = true;
      return;
    }
  }
}
