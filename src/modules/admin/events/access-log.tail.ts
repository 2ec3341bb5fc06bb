import { Injectable } from '@nestjs/common';
import { type AccessLogRecord, decodeAccessLog } from '../../../common/contract/index.js';
import { RecordTapPort } from '../ports.js';
import { RECORDS_EVENT, SKIPPED_EVENT } from './event.names.js';
import { encodeEvent, type EventStream } from './event.stream.js';

/** Decoding takes some microseconds a record: the control plane has at most some hundredths of a second for it. */
const MAX_READ_PER_SECOND = 10_000;
/** More than anybody reads. */
const MAX_SENT_PER_SECOND = 500;

class Listener {
  /** In this second. */
  sent = 0;
  unsent = 0;

  constructor(
    readonly stream: EventStream,
    readonly fits: (record: AccessLogRecord) => boolean,
  ) {}

  take(records: readonly AccessLogRecord[]): void {
    const fitting = records.filter(this.fits);
    const wanted = fitting.slice(0, MAX_SENT_PER_SECOND - this.sent);
    const isSent = wanted.length > 0 && this.stream.send(encodeEvent(RECORDS_EVENT, wanted));
    const sent = isSent ? wanted.length : 0;
    this.sent += sent;
    this.unsent += fitting.length - sent;
  }

  /** A second is over. */
  settle(unread: number): void {
    const { unsent } = this;
    if (unread > 0 || unsent > 0) this.stream.send(encodeEvent(SKIPPED_EVENT, { unread, unsent }));
    this.sent = 0;
    this.unsent = 0;
  }
}

/** Shows exchanges as they end. Batches are decoded while somebody looks, and no more of them than the control plane can bear. */
@Injectable()
export class AccessLogTail {
  private readonly listeners = new Set<Listener>();
  private stop: (() => void) | null = null;
  private timer: NodeJS.Timeout | null = null;
  /** In this second. */
  private read = 0;
  private unread = 0;

  constructor(private readonly tap: RecordTapPort) {}

  add(stream: EventStream, fits: (record: AccessLogRecord) => boolean): void {
    const listener = new Listener(stream, fits);
    this.listeners.add(listener);
    this.stop ??= this.tap.listen((batch, records) => this.take(batch, records));
    this.timer ??= setInterval(() => this.settle(), 1_000).unref();
    stream.onClosed(() => this.remove(listener));
  }

  private remove(listener: Listener): void {
    this.listeners.delete(listener);
    if (this.listeners.size > 0) return;
    this.stop?.();
    this.stop = null;
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private take(batch: ArrayBuffer, count: number): void {
    if (this.read >= MAX_READ_PER_SECOND) {
      this.unread += count;
      return;
    }
    const { records } = decodeAccessLog(batch);
    this.read += records.length;
    for (const listener of this.listeners) listener.take(records);
  }

  private settle(): void {
    const { unread } = this;
    this.read = 0;
    this.unread = 0;
    for (const listener of this.listeners) listener.settle(unread);
  }
}
