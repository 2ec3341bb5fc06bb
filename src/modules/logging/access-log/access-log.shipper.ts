import { type AccessLogRecord, countedRecordsOf } from '../../../common/contract/index.js';
import { EncodedParcel } from '../shipping/parcel.js';
import { RecordShipper, type ShipperOptions, type ShipperStats } from '../shipping/record.shipper.js';
import type { RecordSink } from './record.sink.js';

/** Main thread: takes the workers' batches and brings their records to the store. Batches stay encoded while they wait; exchanges that
 * are only counted are left out. */
export class AccessLogShipper implements RecordSink {
  private readonly shipper: RecordShipper<AccessLogRecord>;

  constructor(options: ShipperOptions<AccessLogRecord>) {
    this.shipper = new RecordShipper(options);
  }

  accept(batch: ArrayBuffer, records: number): void {
    const stored = records - countedRecordsOf(batch);
    if (stored > 0) this.shipper.add(new EncodedParcel(batch, stored));
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
