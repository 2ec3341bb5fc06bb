import type { AccessLogRecord } from '../../common/contract/index.js';

/** Where the record of each finished exchange goes. Called on the hot path: must neither throw nor wait. */
export interface ExchangeRecorder {
  record(record: AccessLogRecord): void;
}
