import type { AccessLogRecord } from '../../common/contract/index.js';

/** Where the record of each finished exchange goes. Called on the hot path: must neither throw nor wait. */
export interface ExchangeRecorder {
  /** @param isRecorded false: the exchange is counted, and its record not stored; see `accessRecordOf`. */
  record(record: AccessLogRecord, isRecorded: boolean): void;
}
