import type { HealthLogConfig } from '../../../common/config/index.js';
import type { HealthLogRecord } from '../../../common/contract/index.js';
import { PlainParcel } from '../shipping/parcel.js';
import { RecordShipper, type ShipperOptions, type ShipperStats } from '../shipping/record.shipper.js';

const MAX_GATHERED = 500;
const LINGER_MS = 200;

/** Takes the records of probes and changes of health, and brings them to the store a few hundred at a time. */
export class HealthLogRecorder {
  private readonly shipper: RecordShipper<HealthLogRecord>;
  private gathered: HealthLogRecord[] = [];
  private timer: NodeJS.Timeout | null = null;
  private readonly listeners: ((record: HealthLogRecord) => void)[] = [];

  constructor(
    private readonly mode: HealthLogConfig['record'],
    options: ShipperOptions<HealthLogRecord>,
  ) {
    this.shipper = new RecordShipper(options);
  }

  /** Is told of every record, also of those that are not kept. */
  onRecord(listener: (record: HealthLogRecord) => void): void {
    this.listeners.push(listener);
  }

  /** With `changes`, probes that passed are not kept. */
  record(record: HealthLogRecord): void {
    for (const listener of this.listeners) listener(record);
    if (this.mode === 'changes' && isPassedProbe(record)) return;
    this.gathered.push(record);
    if (this.gathered.length >= MAX_GATHERED) this.handOver();
    else this.timer ??= setTimeout(() => this.handOver(), LINGER_MS).unref();
  }

  stats(): ShipperStats {
    const stats = this.shipper.stats();
    const waiting = this.gathered.length;
    return { ...stats, received: stats.received + waiting, buffered: stats.buffered + waiting };
  }

  /** See {@link RecordShipper.flush}. */
  flush(deadlineMs: number): Promise<number> {
    this.handOver();
    return this.shipper.flush(deadlineMs);
  }

  /** See {@link RecordShipper.close}. */
  close(deadlineMs: number): Promise<number> {
    this.handOver();
    return this.shipper.close(deadlineMs);
  }

  private handOver(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.gathered.length === 0) return;
    this.shipper.add(new PlainParcel(this.gathered));
    this.gathered = [];
  }
}

function isPassedProbe(record: HealthLogRecord): boolean {
  return record.kind === 'probe' && record.passed;
}
