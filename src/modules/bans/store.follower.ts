import { isVelocityError } from '../../common/errors/index.js';
import type { StoreConnection } from '../registry/index.js';
import type { BanStore } from './ban-store.js';
import { ENDED_KEPT_MS } from './ban.js';
import type { BanBook } from './ban.book.js';
import type { PendingChanges } from './pending-changes.js';

/** What another balancer bans or lifts is known here after this at the latest, and the time of a reading. */
const READ_INTERVAL_MS = 1_000;
/** What rules ban in so short a time is stored together. */
const LINGER_MS = 50;
/** Everything is read anew so often: what somebody changed in the store by hand. */
const WHOLE_INTERVAL_MS = 600_000;

export interface FollowerParts {
  readonly store: BanStore;
  readonly connection: StoreConnection;
  readonly book: BanBook;
  readonly pending: PendingChanges;
}

/** Keeps the book and the store in step: one reading or writing at a time. */
export class BanStoreFollower {
  private timer: NodeJS.Timeout | null = null;
  private soon: NodeJS.Timeout | null = null;
  private last: Promise<void> = Promise.resolve();
  /** Of the last reading; null: everything is to be read. */
  private mark: number | null = null;
  private wholeAtMs = 0;
  private isReading = false;
  private tell: () => void = () => undefined;
  private report: (error: unknown) => void = () => undefined;

  constructor(private readonly parts: FollowerParts) {
    parts.connection.onChange(({ state }) => {
      if (state !== 'connected') return;
      this.mark = null;
      void this.refresh();
    });
  }

  /** After each change that came from the store. */
  onChanged(listener: () => void): void {
    this.tell = listener;
  }

  /** Errors that nobody expected; that the store is away is none. */
  onFault(listener: (error: unknown) => void): void {
    this.report = listener;
  }

  start(): void {
    this.timer ??= setInterval(() => {
      // A store that is slow gets no queue of readings.
      if (!this.isReading && this.parts.connection.status().state === 'connected') void this.refresh();
    }, READ_INTERVAL_MS).unref();
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    if (this.soon !== null) clearTimeout(this.soon);
    await this.write();
  }

  /** Writes within a moment, for callers that come in crowds. */
  writeSoon(): void {
    this.soon ??= setTimeout(() => {
      this.soon = null;
      void this.write();
    }, LINGER_MS).unref();
  }

  /** Resolves when what waits is stored, or the store turned out to be away. Never rejects. */
  write(): Promise<void> {
    return this.afterLast(() => this.writePending());
  }

  /** Writes what waits, then reads what others changed. Never rejects. */
  refresh(): Promise<void> {
    this.isReading = true;
    return this.afterLast(async () => {
      try {
        await this.writePending();
        await this.read();
      } finally {
        this.isReading = false;
      }
    });
  }

  private afterLast(action: () => Promise<void>): Promise<void> {
    this.last = this.last.then(action).catch((error: unknown) => {
      if (!isVelocityError(error, 'STORE_UNAVAILABLE')) this.report(error);
    });
    return this.last;
  }

  private writePending(): Promise<void> {
    return this.parts.pending.writeTo(this.parts.store);
  }

  private async read(): Promise<void> {
    const { store, book, pending } = this.parts;
    const now = Date.now();
    const isWhole = this.mark === null || now - this.wholeAtMs >= WHOLE_INTERVAL_MS || now < this.wholeAtMs;
    if (isWhole) await store.forget(now - ENDED_KEPT_MS);
    const { bans, mark } = await store.read(isWhole ? null : this.mark);
    this.mark = mark;
    if (!isWhole) {
      if (book.update(bans, pending.holds)) this.tell();
      return;
    }
    this.wholeAtMs = now;
    book.replace(bans, pending.holds);
    this.tell();
  }
}
