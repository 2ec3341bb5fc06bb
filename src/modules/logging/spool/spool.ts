import { rmSync } from 'node:fs';
import { Backoff } from '../../../common/backoff.js';
import type { VelocityLogger } from '../application-log/velocity.logger.js';
import type { Losses } from './losses.js';
import type { Reserve } from './reserve.js';
import { FRAME_HEADER_BYTES, MAX_BATCH_BYTES } from './segment.format.js';
import { recoverSegments } from './segment.recovery.js';
import type { Segment } from './segment.js';
import { SegmentWriter } from './segment.writer.js';
import { type Batch, WaitingBatches } from './waiting.batches.js';

export interface SpoolOptions {
  /** All segments together; beyond it the oldest goes. */
  readonly maxBytes: number;
  /** Of one segment, about: it ends with a whole frame. */
  readonly segmentBytes: number;
  /** Records that wait in memory while the disk takes none; beyond it the oldest are lost. */
  readonly maxBuffered: number;
  readonly log: VelocityLogger;
  readonly losses: Losses;
  /** Pauses while the disk takes nothing; default 50 ms doubling to 2 s, full jitter. */
  readonly backoff?: Backoff;
}

const SYNC_INTERVAL_MS = 1_000;

/**
 * The segments of one folder, appended to at the end and shipped from the beginning. Nothing here throws at who appends: what
 * the disk does not take waits in memory, and is written when it does again.
 */
export class Spool {
  /** Damaged stretches that were passed over, and unfinished ends that were cut off. */
  corruptFrames = 0;
  /** Why the disk takes nothing; empty: it does. */
  diskError = '';
  private list: Segment[] = [];
  private nextNumber = 1;
  private folder: string | null = null;
  private reserve: Reserve | null = null;
  private writer: SegmentWriter | null = null;
  private readonly waiting: WaitingBatches;
  private readonly backoff: Backoff;
  private retryTimer: NodeJS.Timeout | null = null;
  private syncTimer: NodeJS.Timeout | null = null;
  private closing: Promise<void> = Promise.resolve();
  private listener: () => void = () => undefined;

  constructor(private readonly options: SpoolOptions) {
    this.waiting = new WaitingBatches(options.maxBuffered);
    this.backoff = options.backoff ?? new Backoff({ baseMs: 50, maxMs: 2_000 });
  }

  /** By number, the oldest first. */
  get segments(): readonly Segment[] {
    return this.list;
  }

  /** On disk. */
  get bytes(): number {
    return this.list.reduce((sum, { end }) => sum + end, 0);
  }

  /** Records that nobody has taken out yet, on disk and in memory. */
  get records(): number {
    return this.shippable + this.waiting.records;
  }

  /** Those in memory, because the disk takes none. */
  get waitingRecords(): number {
    return this.waiting.records;
  }

  /** Those on disk. */
  get shippable(): number {
    return this.list.reduce((sum, { left }) => sum + left, 0);
  }

  /** Is told of each batch that has become readable. */
  onAppend(listener: () => void): void {
    this.listener = listener;
  }

  /**
   * Takes up what is in the folder; until then batches wait in memory. Throws what the file system says.
   *
   * @param after Number of a segment; new ones get higher ones, also when none is there any more.
   */
  open(folder: string, reserve: Reserve, after: number): void {
    const { segments, tornEnds, nextNumber } = recoverSegments(folder, this.options.log);
    this.list = [...segments];
    this.corruptFrames += tornEnds;
    this.nextNumber = Math.max(nextNumber, after + 1);
    this.folder = folder;
    this.reserve = reserve;
    this.syncTimer = setInterval(() => void this.sync(), SYNC_INTERVAL_MS).unref();
    this.drain();
  }

  append(batch: Batch): void {
    if (batch.bytes.byteLength > MAX_BATCH_BYTES)
      return this.options.losses.lose(batch.records, 'a batch was too large for the spool');
    if (this.waiting.isEmpty && this.folder !== null && this.write(batch)) return this.listener();
    const dropped = this.waiting.add(batch);
    const { maxBuffered, losses } = this.options;
    losses.lose(
      dropped,
      `the spool cannot be written, and more than ${maxBuffered} records waited: ${this.diskError}`,
    );
  }

  /** Resolves when all that is on disk would survive the loss of power, or the disk has said that it may not. */
  async sync(): Promise<void> {
    try {
      await this.writer?.sync();
    } catch (error) {
      this.noteFailure(error);
    }
  }

  /** Removes the segments before this number: what is in them has arrived. */
  forget(before: number): void {
    while (this.list[0] !== undefined && this.list[0].number < before) this.removeOldest();
  }

  /** The segment holds fewer records than it said: part of it is damaged. */
  passedOver(segment: Segment, frames: number): void {
    this.corruptFrames += frames;
    if (frames > 0)
      this.options.log.warn({ file: segment.path }, 'a damaged part of the spool was passed over');
  }

  /** Writes what waits if the disk takes it, and syncs. Resolves with how many records were lost because it did not. */
  async close(): Promise<number> {
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    if (this.syncTimer !== null) clearInterval(this.syncTimer);
    if (this.folder !== null) this.drain();
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    const lost = this.waiting.clear();
    this.options.losses.lose(lost, `the spool could not be written before the end: ${this.diskError}`);
    this.finish();
    await this.closing;
    return lost;
  }

  private drain(): void {
    this.retryTimer = null;
    for (let batch = this.waiting.peek(); batch !== undefined; batch = this.waiting.peek()) {
      if (!this.write(batch)) return;
      this.waiting.take();
    }
    this.listener();
  }

  /** false: the disk does not take it; it is tried again later. */
  private write({ bytes, records }: Batch): boolean {
    const batch = new Uint8Array(bytes);
    try {
      this.reserve?.ensure();
      this.makeRoom(FRAME_HEADER_BYTES + batch.length).append(batch, records, Date.now());
    } catch (error) {
      this.noteFailure(error);
      this.retryTimer ??= setTimeout(() => this.drain(), this.backoff.next()).unref();
      return false;
    }
    if (this.diskError !== '') this.options.log.info({}, 'the spool can be written again');
    this.diskError = '';
    this.backoff.reset();
    return true;
  }

  /** Also when the disk is full, the cap holds: an older segment goes only for what is then written. */
  private makeRoom(bytes: number): SegmentWriter {
    const { segmentBytes, maxBytes } = this.options;
    const present = this.writer;
    if (present !== null && present.segment.end + bytes <= segmentBytes)
      return this.within(present, bytes, maxBytes);
    const next = new SegmentWriter(this.folder!, this.nextNumber, Date.now());
    this.nextNumber++;
    this.finish();
    this.writer = next;
    this.list.push(next.segment);
    return this.within(next, bytes, maxBytes);
  }

  private within(writer: SegmentWriter, bytes: number, maxBytes: number): SegmentWriter {
    while (this.list.length > 1 && this.bytes + bytes > maxBytes) {
      const { left } = this.list[0]!;
      this.removeOldest();
      this.options.losses.lose(
        left,
        `the spool is larger than ${maxBytes} bytes, its oldest records were removed`,
      );
    }
    return writer;
  }

  /** The present segment gets nothing more. */
  private finish(): void {
    const { writer } = this;
    this.writer = null;
    if (writer === null) return;
    this.closing = this.closing.then(() => writer.close()).catch((error: unknown) => this.noteFailure(error));
  }

  private removeOldest(): void {
    const oldest = this.list.shift()!;
    try {
      rmSync(oldest.path, { force: true });
    } catch (error) {
      this.noteFailure(error);
    }
  }

  private noteFailure(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.diskError === '')
      this.options.log.warn({ err: error }, 'the spool cannot be written; records wait in memory');
    this.diskError = message;
  }
}
