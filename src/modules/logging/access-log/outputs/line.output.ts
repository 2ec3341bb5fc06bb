import type { AccessLogOutput } from '../../../../common/config/index.js';
import type { AccessLogRecord } from '../../../../common/contract/index.js';
import { LINE_FORMATS, type LineFormat } from './line.format.js';
import { OutputPlace } from './output.place.js';

/** Lines that wait to be written take so much memory at the most; what is beyond is lost, and counted. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** After a full pipe, and after any other error, until the next try. */
const BUSY_PAUSE_MS = 20;
const ERROR_PAUSE_MS = 1_000;
const LINE_FEED = 10;

export interface OutputStats {
  /** `stdout`, or a path. */
  readonly to: string;
  /** Lines. */
  readonly written: number;
  readonly lost: number;
  readonly waiting: number;
  /** Why the last line was lost, or why lines wait; empty: nothing is wrong. */
  readonly lastError: string;
}

interface Chunk {
  readonly bytes: Buffer;
  readonly lines: number;
}

/**
 * Writes records as lines to one place, in their order. {@link add} returns at once whatever the place does: lines wait in
 * memory of bounded size while a disk is full or a reader slow.
 */
export class LineOutput {
  private readonly format: LineFormat;
  private readonly place: OutputPlace;
  private readonly chunks: Chunk[] = [];
  private waitingBytes = 0;
  private waitingLines = 0;
  /** Bytes of the first chunk that are written. */
  private offset = 0;
  private written = 0;
  private lost = 0;
  private lastError = '';
  private running: Promise<void> | null = null;
  private pause: { readonly timer: NodeJS.Timeout; readonly end: () => void } | null = null;
  /** performance.now() after which nothing more is tried; null: it is open. */
  private deadline: number | null = null;

  constructor(
    private readonly settings: AccessLogOutput,
    private readonly onTrouble: (to: string, error: string) => void,
  ) {
    this.format = LINE_FORMATS[settings.format];
    this.place = new OutputPlace(settings.to);
  }

  add(records: readonly AccessLogRecord[]): void {
    if (records.length === 0) return;
    if (this.deadline !== null || this.waitingBytes >= MAX_WAITING_BYTES) {
      this.lost += records.length;
      return;
    }
    let text = '';
    for (const record of records) text += this.format(record);
    const bytes = Buffer.from(text);
    this.chunks.push({ bytes, lines: records.length });
    this.waitingBytes += bytes.length;
    this.waitingLines += records.length;
    this.running ??= this.drain();
  }

  stats(): OutputStats {
    const { written, lost, waitingLines, lastError } = this;
    return { to: this.settings.to, written, lost, waiting: waitingLines, lastError };
  }

  /** Writes what waits, for at most `deadlineMs`; the rest is lost. Resolves in any case. */
  async close(deadlineMs: number): Promise<void> {
    this.deadline = performance.now() + deadlineMs;
    // What it waits for may have come to pass.
    this.pause?.end();
    await this.running;
    await this.place.close().catch(() => undefined);
    this.lost += this.waitingLines;
    this.waitingLines = 0;
  }

  private async drain(): Promise<void> {
    while (this.chunks.length > 0 && (this.deadline === null || performance.now() < this.deadline)) {
      try {
        if (await this.place.prepare()) this.skipTornLine();
        await this.writeSome();
        this.lastError = '';
      } catch (error) {
        await this.failed(error as NodeJS.ErrnoException);
      }
    }
    this.running = null;
  }

  private async writeSome(): Promise<void> {
    const [chunk] = this.chunks;
    if (chunk === undefined) return;
    this.offset += await this.place.write(chunk.bytes, this.offset, this.wholeLines(chunk.bytes));
    if (this.offset < chunk.bytes.length) return;
    this.written += chunk.lines;
    this.forgetFirst(chunk);
  }

  /** As many bytes as make whole lines and fit into one write; of a line that does not fit, what does. */
  private wholeLines(bytes: Buffer): number {
    const left = bytes.length - this.offset;
    const { chunkBytes } = this.place;
    if (left <= chunkBytes) return left;
    const end = bytes.lastIndexOf(LINE_FEED, this.offset + chunkBytes - 1);
    return end < this.offset ? chunkBytes : end + 1 - this.offset;
  }

  /** The file was changed within a line: its end has no meaning in the new one. */
  private skipTornLine(): void {
    const [chunk] = this.chunks;
    if (chunk === undefined || this.offset === 0 || chunk.bytes[this.offset - 1] === LINE_FEED) return;
    this.offset = chunk.bytes.indexOf(LINE_FEED, this.offset) + 1;
    this.lost++;
    this.written--;
    if (this.offset < chunk.bytes.length) return;
    this.written += chunk.lines;
    this.forgetFirst(chunk);
  }

  private forgetFirst(chunk: Chunk): void {
    this.chunks.shift();
    this.offset = 0;
    this.waitingBytes -= chunk.bytes.length;
    this.waitingLines -= chunk.lines;
  }

  private async failed({ code, message }: NodeJS.ErrnoException): Promise<void> {
    const isBusy = code === 'EAGAIN';
    const isNews = this.lastError === '';
    this.lastError = isBusy ? 'nobody reads what was written' : message;
    if (!isBusy) await this.place.close().catch(() => undefined);
    if (isNews && !isBusy) this.onTrouble(this.settings.to, this.lastError);
    const left = this.deadline === null ? Infinity : Math.max(0, this.deadline - performance.now());
    await this.wait(Math.min(left, isBusy ? BUSY_PAUSE_MS : ERROR_PAUSE_MS));
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.pause = null;
        resolve();
      };
      const timer = setTimeout(end, ms);
      timer.unref();
      this.pause = { timer, end };
    });
  }
}
