import type { ErrorCode, ErrorIssue } from '../../../common/errors/index.js';
import type { AccessLogOutput, StorageConfig } from '../../../common/config/index.js';
import type { DurableAccessLogStatus } from '../access-log/access-log.status.js';
import type { SpoolSettings } from '../access-log/durable.access-log.js';
import type { AnalyticsStore } from '../analytics/analytics-store.js';
import type { AccessLogStore } from '../log-stores.js';

/** `workerData` of the thread that keeps the access log. */
export interface LogStoreInit {
  readonly storage: StorageConfig;
  readonly retention: LogStoreRetention;
  readonly spool: SpoolSettings;
  readonly outputs: readonly AccessLogOutput[];
  /** See {@link LogStoreCells}. */
  readonly cells: SharedArrayBuffer;
}

/** As the stores take it: how long what is kept, milliseconds; 0: forever. */
export interface LogStoreRetention {
  readonly accessLogMs: number;
  readonly healthLogMs: number;
  readonly auditLogMs: number;
  readonly scalingLogMs: number;
  /** Newest ones that are kept; 0: all. */
  readonly revisions: number;
}

/** What can be asked of the thread; each answers as the port of the same name. */
export interface LogStoreMethods {
  query: AccessLogStore['query'];
  analyze: AnalyticsStore['analyze'];
}
export type LogStoreMethod = keyof LogStoreMethods;

/** Main thread to log store. */
export type ToLogStore =
  /** Encoded access-log records (see access-log.codec.ts), transferred. */
  | { readonly type: 'batch'; readonly batch: ArrayBuffer; readonly records: number }
  | {
      readonly type: 'call';
      readonly id: number;
      readonly method: LogStoreMethod;
      readonly args: readonly unknown[];
    }
  /** Ship what there is until the deadline, then end. */
  | { readonly type: 'close'; readonly deadlineMs: number };

/** Log store to main thread. */
export type FromLogStore =
  | {
      readonly type: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly fields: object;
      readonly message: string;
    }
  | { readonly type: 'status'; readonly status: DurableAccessLogStatus }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'fault'; readonly id: number; readonly fault: Fault }
  /** The last message. `left`: records that stay in the spool. */
  | { readonly type: 'closed'; readonly left: number; readonly status: DurableAccessLogStatus };

/** An error over the border: classes do not survive it, codes do. */
export interface Fault {
  /** null: a fault of the program. */
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly issues: readonly ErrorIssue[];
}
