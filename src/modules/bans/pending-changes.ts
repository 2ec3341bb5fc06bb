import type { BanStore } from './ban-store.js';
import type { StoredBan } from './ban.js';

/** Changes that go to the store in one call: SQLite holds up this thread meanwhile. */
const BATCH = 500;

type PendingChange =
  | { readonly kind: 'put'; readonly ban: StoredBan; readonly at: number }
  | { readonly kind: 'lift'; readonly id: string; readonly at: number };

/** What the store does not know yet, in its order. It outlasts any time that the store is away, not this process. */
export class PendingChanges {
  private changes: PendingChange[] = [];
  /** How many changes of a ban wait. */
  private readonly counts = new Map<string, number>();

  get size(): number {
    return this.changes.length;
  }

  /** Whether what we know of this ban is newer than what the store tells. */
  readonly holds = (id: string): boolean => this.counts.has(id);

  put(ban: StoredBan, at: number): void {
    this.add({ kind: 'put', ban, at });
  }

  lift(id: string, at: number): void {
    this.add({ kind: 'lift', id, at });
  }

  /** Stores them. Rejects with STORE_UNAVAILABLE; what is left then waits for the next call. */
  async writeTo(store: BanStore): Promise<void> {
    while (this.changes.length > 0) {
      const batch = this.nextBatch();
      await writeBatch(store, batch);
      this.changes.splice(0, batch.length);
      for (const change of batch) this.uncount(idOf(change));
    }
  }

  private add(change: PendingChange): void {
    this.changes.push(change);
    const id = idOf(change);
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1);
  }

  private uncount(id: string): void {
    const left = this.counts.get(id)! - 1;
    if (left === 0) this.counts.delete(id);
    else this.counts.set(id, left);
  }

  /** Changes of one kind: together they are one call. A ban is among them once. */
  private nextBatch(): readonly PendingChange[] {
    const [first] = this.changes;
    const seen = new Set<string>();
    let end = 0;
    for (const change of this.changes) {
      const fits = change.kind === first!.kind && !seen.has(idOf(change));
      if (!fits || end === BATCH) break;
      seen.add(idOf(change));
      end++;
    }
    return this.changes.slice(0, end);
  }
}

async function writeBatch(store: BanStore, batch: readonly PendingChange[]): Promise<void> {
  const { kind, at } = batch.at(-1)!;
  if (kind === 'lift') return store.lift(batch.map(idOf), at);
  const bans = batch.flatMap((change) => (change.kind === 'put' ? [change.ban] : []));
  return store.put(bans, at);
}

function idOf(change: PendingChange): string {
  return change.kind === 'put' ? change.ban.id : change.id;
}
