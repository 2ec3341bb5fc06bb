import { ENDED_KEPT_MS, isLive, type StoredBan } from './ban.js';

/** Ended bans that are remembered, the newest ones: they only make the next ban of the same network longer. */
const MAX_ENDED = 20_000;

/** The bans in memory, by id. */
export class BanBook {
  private bans = new Map<string, StoredBan>();

  /** Also one that has ended. */
  get(id: string): StoredBan | undefined {
    return this.bans.get(id);
  }

  set(ban: StoredBan): void {
    this.bans.set(ban.id, ban);
  }

  /** All that are known, also those that have ended. */
  get size(): number {
    return this.bans.size;
  }

  /** Those that apply, in no order. */
  live(now: number): StoredBan[] {
    const found: StoredBan[] = [];
    for (const ban of this.bans.values()) if (isLive(ban, now)) found.push(ban);
    return found;
  }

  /** Everything is what was read, but for the ids that are `kept`. */
  replace(bans: readonly StoredBan[], isKept: (id: string) => boolean): void {
    const before = this.bans;
    this.bans = new Map();
    for (const ban of before.values()) if (isKept(ban.id)) this.bans.set(ban.id, ban);
    this.update(bans, isKept);
  }

  /** Takes what was read, but for the ids that are `kept`. Returns whether anything is different now. */
  update(bans: readonly StoredBan[], isKept: (id: string) => boolean): boolean {
    let isChanged = false;
    for (const ban of bans) {
      if (isKept(ban.id) || isSame(this.bans.get(ban.id), ban)) continue;
      this.bans.set(ban.id, ban);
      isChanged = true;
    }
    return isChanged;
  }

  /** Forgets bans that ended long ago, and the oldest of those that ended when there are too many. */
  tidy(now: number): void {
    const ended: { readonly id: string; readonly at: number }[] = [];
    for (const ban of this.bans.values()) {
      if (!isLive(ban, now)) ended.push({ id: ban.id, at: ban.expiresAt ?? now });
    }
    ended.sort((a, b) => b.at - a.at);
    for (const [index, { id, at }] of ended.entries()) {
      if (index >= MAX_ENDED || at <= now - ENDED_KEPT_MS) this.bans.delete(id);
    }
  }
}

function isSame(a: StoredBan | undefined, b: StoredBan): boolean {
  return (
    a !== undefined &&
    a.expiresAt === b.expiresAt &&
    a.isLifted === b.isLifted &&
    a.shadow === b.shadow &&
    a.offences === b.offences &&
    a.note === b.note &&
    a.author === b.author &&
    a.origin === b.origin &&
    a.rule === b.rule &&
    a.createdAt === b.createdAt
  );
}
