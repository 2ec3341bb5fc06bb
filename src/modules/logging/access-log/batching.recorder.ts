import { AccessLogEncoder, type AccessLogRecord } from '../../../common/contract/index.js';

export interface BatchLimits {
  /** Default 64 KiB. */
  readonly bytes: number;
  /** Default 256. */
  readonly records: number;
  /** How long a record may wait for others; default 100. */
  readonly lingerMs: number;
}

const DEFAULT_LIMITS: BatchLimits = { bytes: 64 * 1024, records: 256, lingerMs: 100 };

/**
 * A worker's end of the access log: encodes records into a batch and hands it over when it is full or old enough.
 * Hot path: {@link record} allocates nothing; the one timer is armed by a batch's first record.
 */
export class BatchingRecorder {
  private readonly encoder: AccessLogEncoder;
  private timer: NodeJS.Timeout | null = null;
  private refusedTotal = 0;

  constructor(
    private readonly send: (batch: ArrayBuffer, records: number) => void,
    private readonly limits: BatchLimits = DEFAULT_LIMITS,
  ) {
    this.encoder = new AccessLogEncoder(limits.bytes);
  }

  /** Records that could not be encoded because an id in them is malformed: a fault in this program. */
  get refused(): number {
    return this.refusedTotal;
  }

  /**
   * Never throws: an exchange must not fail because of its record.
   *
   * @param isRecorded false: the exchange is only counted.
   */
  record(record: AccessLogRecord, isRecorded = true): void {
    try {
      this.encoder.append(record, isRecorded);
    } catch {
      this.refusedTotal++;
      return;
    }
    if (this.encoder.records >= this.limits.records || this.encoder.bytes >= this.limits.bytes) this.flush();
    else if (this.encoder.records === 1) this.arm();
  }

  /** Hands over what there is. Call it before the worker ends. */
  flush(): void {
    const records = this.encoder.records;
    if (records > 0) this.send(this.encoder.take(), records);
  }

  /** A timer that is already armed is put off: the batch that armed it has left early. */
  private arm(): void {
    if (this.timer !== null) {
      this.timer.refresh();
      return;
    }
    this.timer = setTimeout(() => this.flush(), this.limits.lingerMs);
    this.timer.unref();
  }
}
