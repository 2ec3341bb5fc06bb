import { decodeAccessLog, type AccessLogRecord } from '../../../common/contract/index.js';

/** A record as an object, roughly: good enough to bound memory. */
const PLAIN_RECORD_BYTES = 512;

/** Records on their way to the store, kept in whatever form is smallest until they are sent. */
export interface Parcel<T> {
  /** How many records it is said to hold. */
  readonly count: number;
  /** Memory that it takes, about. */
  readonly bytes: number;
  /** May be called again after a failed try. Never throws. */
  open(): OpenedParcel<T>;
}

export interface OpenedParcel<T> {
  readonly records: readonly T[];
  /** Why there may be fewer records than `count`; null: all are there. */
  readonly fault: Error | null;
}

/** A worker's batch: stays encoded (about 200 bytes per record, one object) until it is sent. */
export class EncodedParcel implements Parcel<AccessLogRecord> {
  constructor(
    private readonly batch: ArrayBuffer,
    readonly count: number,
  ) {}

  get bytes(): number {
    return this.batch.byteLength;
  }

  open(): OpenedParcel<AccessLogRecord> {
    const { records, error } = decodeAccessLog(this.batch);
    return { records, fault: error };
  }
}

export class PlainParcel<T> implements Parcel<T> {
  constructor(private readonly records: readonly T[]) {}

  get count(): number {
    return this.records.length;
  }

  get bytes(): number {
    return this.records.length * PLAIN_RECORD_BYTES;
  }

  open(): OpenedParcel<T> {
    return { records: this.records, fault: null };
  }
}
