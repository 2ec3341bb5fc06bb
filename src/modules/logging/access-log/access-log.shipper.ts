import { type AccessLogRecord, countedRecordsOf, decodeAccessLog } from '../../../common/contract/index.js';
import { EncodedParcel } from '../shipping/parcel.js';
import { RecordShipper, type ShipperOptions, type ShipperStats } from '../shipping/record.shipper.js';
import type { AccessLogOutputs } from './outputs/access-log.outputs.js';
import type { OutputStats } from './outputs/line.output.js';
import type { RecordSink } from './record.sink.js';

export interface AccessLogStats extends ShipperStats {
  /** Where records are written as text. */
  readonly outputs: readonly OutputStats[];
}

/** Main thread: takes the workers' batches and brings their records to the store. Batches stay encoded while they wait; exchanges that
 * are only counted are left out. */
export class AccessLogShipper implements RecordSink {
  private readonly shipper: RecordShipper<AccessLogRecord>;

  /** @param outputs Closed with the shipper. Default: none. */
  constructor(
    options: ShipperOptions<AccessLogRecord>,
    private readonly outputs: AccessLogOutputs | null = null,
  ) {
    this.shipper = new RecordShipper(options);
  }

  accept(batch: ArrayBuffer, records: number): void {
    if (this.outputs !== null && !this.outputs.isEmpty) this.outputs.write(decodeAccessLog(batch).records);
    const stored = records - countedRecordsOf(batch);
    if (stored > 0) this.shipper.add(new EncodedParcel(batch, stored));
  }

  stats(): AccessLogStats {
    return { ...this.shipper.stats(), outputs: this.outputs?.stats() ?? [] };
  }

  /** See {@link RecordShipper.flush}. */
  flush(deadlineMs: number): Promise<number> {
    return this.shipper.flush(deadlineMs);
  }

  /** See {@link RecordShipper.close}. */
  async close(deadlineMs: number): Promise<number> {
    const [lost] = await Promise.all([this.shipper.close(deadlineMs), this.outputs?.close()]);
    return lost;
  }
}
