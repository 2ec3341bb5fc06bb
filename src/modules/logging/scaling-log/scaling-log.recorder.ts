import type { ScalingLogRecord } from '../../../common/contract/index.js';
import { PlainParcel } from '../shipping/parcel.js';
import { RecordShipper, type ShipperOptions, type ShipperStats } from '../shipping/record.shipper.js';

/** Takes the records of scaling and discovery, and brings them to the store like those of the other logs. */
export class ScalingLogRecorder {
  private readonly shipper: RecordShipper<ScalingLogRecord>;
  private readonly listeners: ((record: ScalingLogRecord) => void)[] = [];

  constructor(options: ShipperOptions<ScalingLogRecord>) {
    this.shipper = new RecordShipper(options);
  }

  /** Is told of every record. */
  onRecord(listener: (record: ScalingLogRecord) => void): void {
    this.listeners.push(listener);
  }

  /** Returns at once. The id is one of `RecordIdSource`. */
  record(record: ScalingLogRecord): void {
    for (const listener of this.listeners) listener(record);
    this.shipper.add(new PlainParcel([record]));
  }

  stats(): ShipperStats {
    return this.shipper.stats();
  }

  /** See {@link RecordShipper.flush}. */
  flush(deadlineMs: number): Promise<number> {
    return this.shipper.flush(deadlineMs);
  }

  /** See {@link RecordShipper.close}. */
  close(deadlineMs: number): Promise<number> {
    return this.shipper.close(deadlineMs);
  }
}
