import { Backoff } from '../../../common/backoff.js';
import { isVelocityError } from '../../../common/errors/index.js';
import type { VelocityLogger } from '../application-log/velocity.logger.js';
import type { Parcel } from './parcel.js';
import { ParcelQueue, type QueuedParcel, afterRefusal } from './parcel.queue.js';

/** The part of a log store that takes records; see `AccessLogStore.append`. */
export interface RecordAppender<T> {
  append(records: readonly T[]): Promise<void>;
}

export interface ShipperOptions<T> {
  readonly store: RecordAppender<T>;
  /** Records that may wait; beyond it the oldest are lost. */
  readonly maxBuffered: number;
  /** Bytes that may wait, about; beyond it the oldest records are lost. Default 128 MiB. */
  readonly maxBufferedBytes?: number;
  readonly log: VelocityLogger;
  /** Pauses while the store is away; default 100 ms doubling to 5 s, full jitter. */
  readonly backoff?: Backoff;
}

/** `received = stored + buffered + lost`, at any moment. */
export interface ShipperStats {
  readonly received: number;
  readonly stored: number;
  readonly buffered: number;
  readonly lost: number;
  /** Why the last try failed, or records were lost; empty: never. */
  readonly lastError: string;
  /** Unix milliseconds; 0: never. */
  readonly lastStoredAt: number;
}

const MAX_APPEND_RECORDS = 1_000;
const MAX_APPENDS_IN_FLIGHT = 2;
/** Records of plain exchanges take 200 bytes, those of hostile ones up to 20 KiB: their number alone bounds no memory. */
const MAX_BUFFERED_BYTES = 128 * 1024 * 1024;
const LOSS_REPORT_MS = 10_000;

/**
 * Brings records to a store that may be slow or away. They wait in memory, up to a cap; a failed append is tried again
 * until it succeeds, which is safe because appends are idempotent by record id. While the store is away, one append at a
 * time asks whether it is back.
 */
export class RecordShipper<T> {
  private readonly queue = new ParcelQueue<T>();
  private readonly backoff: Backoff;
  private readonly maxBufferedBytes: number;
  private readonly idle = new Set<() => void>();
  private retryTimer: NodeJS.Timeout | null = null;
  private inFlight = 0;
  private isFailing = false;
  private isClosed = false;
  private received = 0;
  private stored = 0;
  private buffered = 0;
  private lost = 0;
  private lossReportedAt = 0;
  private lastError = '';
  /** Why the last append failed; empty: none did. */
  private failure = '';
  private lastStoredAt = 0;

  constructor(private readonly options: ShipperOptions<T>) {
    this.maxBufferedBytes = options.maxBufferedBytes ?? MAX_BUFFERED_BYTES;
    this.backoff = options.backoff ?? new Backoff({ baseMs: 100, maxMs: 5_000 });
  }

  add(parcel: Parcel<T>): void {
    this.received += parcel.count;
    this.buffered += parcel.count;
    if (this.isClosed) return this.lose(parcel.count, 'the log is closed');
    this.queue.add(parcel);
    this.enforceCap();
    this.pump();
  }

  stats(): ShipperStats {
    const { received, stored, buffered, lost, lastError, lastStoredAt } = this;
    return { received, stored, buffered, lost, lastError, lastStoredAt };
  }

  /** Sends at once what waits. Resolves with the number of records still not stored: 0, or more when the deadline came first. */
  async flush(deadlineMs: number): Promise<number> {
    this.cancelRetry();
    this.pump();
    if (this.buffered === 0) return 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.idle.add(resolve);
    const timer = setTimeout(resolve, deadlineMs);
    await promise;
    clearTimeout(timer);
    this.idle.delete(resolve);
    return this.buffered;
  }

  /** {@link flush}, then gives up what is left, counted as lost. Resolves with how many that were. */
  async close(deadlineMs: number): Promise<number> {
    await this.flush(deadlineMs);
    this.isClosed = true;
    this.cancelRetry();
    const left = this.buffered;
    while (!this.queue.isEmpty) this.queue.dropOldest();
    if (left > 0)
      this.lose(left, `not stored before the shutdown deadline: ${this.failure || 'the store was too slow'}`);
    return left;
  }

  private pump(): void {
    const limit = this.isFailing ? 1 : MAX_APPENDS_IN_FLIGHT;
    while (!this.queue.isEmpty && this.retryTimer === null && this.inFlight < limit) {
      void this.ship(this.queue.take(MAX_APPEND_RECORDS));
    }
  }

  /** Never rejects. */
  private async ship(parcels: QueuedParcel<T>[]): Promise<void> {
    this.inFlight++;
    try {
      const records = this.open(parcels);
      for (let at = 0; at < records.length; at += MAX_APPEND_RECORDS) {
        await this.options.store.append(records.slice(at, at + MAX_APPEND_RECORDS));
      }
      if (!this.isClosed) this.settled(parcels, records.length);
    } catch (error) {
      if (!this.isClosed) this.failed(parcels, error);
    }
    this.inFlight--;
    this.pump();
    if (this.buffered === 0) for (const resolve of this.idle) resolve();
  }

  private open(parcels: readonly QueuedParcel<T>[]): T[] {
    const records: T[] = [];
    for (const { parcel } of parcels) {
      const opened = parcel.open();
      if (opened.fault) this.lastError = opened.fault.message;
      for (const record of opened.records) records.push(record);
    }
    return records;
  }

  private settled(parcels: readonly QueuedParcel<T>[], stored: number): void {
    const missing = this.correct(countOf(parcels) - stored);
    if (missing > 0) this.lose(missing, this.lastError);
    this.buffered -= stored;
    this.stored += stored;
    this.lastStoredAt = Date.now();
    this.backoff.reset();
    if (!this.isFailing) return;
    this.isFailing = false;
    this.options.log.info({ buffered: this.buffered }, 'the store takes records again');
  }

  private failed(parcels: readonly QueuedParcel<T>[], error: unknown): void {
    this.failure = error instanceof Error ? error.message : String(error);
    this.lastError = this.failure;
    const isAway = isVelocityError(error) && error.retryable;
    const again = isAway ? parcels : parcels.flatMap((queued) => afterRefusal(queued));
    const givenUp = this.correct(countOf(parcels) - countOf(again));
    if (givenUp > 0) this.lose(givenUp, `the store refuses it: ${this.failure}`);
    this.queue.putBack(again);
    this.enforceCap();
    const isSearching = !isAway && again.every(({ suspect }) => suspect);
    if (isSearching) return;
    if (!this.isFailing) {
      this.options.log.warn(
        { err: error, buffered: this.buffered },
        'the store takes no records; they wait in memory',
      );
    }
    this.isFailing = true;
    this.retryLater();
  }

  /** A parcel that held more records than it was said to hold is counted with what it held. */
  private correct(missing: number): number {
    if (missing >= 0) return missing;
    this.received -= missing;
    this.buffered -= missing;
    return 0;
  }

  private retryLater(): void {
    this.retryTimer ??= setTimeout(() => {
      this.retryTimer = null;
      this.pump();
    }, this.backoff.next());
    this.retryTimer.unref();
  }

  private cancelRetry(): void {
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    this.retryTimer = null;
  }

  private enforceCap(): void {
    const { maxBuffered } = this.options;
    const reason = this.failure && `: ${this.failure}`;
    while (this.buffered > maxBuffered && !this.queue.isEmpty) {
      this.lose(this.queue.dropOldest(), `more than ${maxBuffered} records waited${reason}`);
    }
    while (this.queue.bytes > this.maxBufferedBytes) {
      this.lose(this.queue.dropOldest(), `more than ${this.maxBufferedBytes} bytes waited${reason}`);
    }
  }

  /** Never silent, but one line per 10 s is enough. */
  private lose(records: number, why: string): void {
    this.lost += records;
    this.buffered -= records;
    this.lastError = why;
    const now = Date.now();
    if (now - this.lossReportedAt < LOSS_REPORT_MS) return;
    this.lossReportedAt = now;
    this.options.log.error({ lost: records, lostTotal: this.lost, why }, 'log records are lost');
  }
}

function countOf<T>(parcels: readonly QueuedParcel<T>[]): number {
  return parcels.reduce((sum, { parcel }) => sum + parcel.count, 0);
}
