import type { TokenStore } from './token-store.js';

/** Uses within this time after a written one are not written. */
const RESOLUTION_MS = 60_000;
/** Uses of several tokens are written together. */
const LINGER_MS = 1_000;

/** Writes when tokens were last used: behind the requests, and at most once a minute for each. */
export class LastUses {
  private readonly newest = new Map<string, number>();
  private waiting = new Map<string, number>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly store: Pick<TokenStore, 'markUsed'>,
    /** Told when the store does not take them; they are written with the next use then. */
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** `known`: what is stored, as far as we know. */
  note(id: string, known: number | null, now: number): void {
    const last = Math.max(known ?? -RESOLUTION_MS, this.newest.get(id) ?? -RESOLUTION_MS);
    if (now - last < RESOLUTION_MS) return;
    this.newest.set(id, now);
    this.waiting.set(id, now);
    this.timer ??= setTimeout(() => void this.write(), LINGER_MS).unref();
  }

  /** The newest use, written or not; null: never. */
  of(id: string, known: number | null): number | null {
    const newest = this.newest.get(id);
    return newest === undefined ? known : Math.max(newest, known ?? 0);
  }

  forget(id: string): void {
    this.newest.delete(id);
    this.waiting.delete(id);
  }

  /** Writes what waits. Never rejects. */
  async write(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const uses = this.waiting;
    if (uses.size === 0) return;
    this.waiting = new Map();
    try {
      await this.store.markUsed(uses);
    } catch (error) {
      for (const id of uses.keys()) this.newest.delete(id);
      this.onFailure(error);
    }
  }
}
