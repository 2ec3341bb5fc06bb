import type { SharedMemory } from '../../common/contract/index.js';
import type {
  BlocklistStatus,
  PublicationSource,
  SharedLimitsStatus,
  WorkerStatus,
} from '../data-plane/index.js';

/** Everything that metrics are read from. Each call answers at once, from memory. */
export interface MetricsSource {
  readonly memory: SharedMemory;
  readonly publication: PublicationSource;
  /** Of this program, such as `1.2.0`. */
  readonly version: string;
  /** How the last load of the configuration file went, the first one included. */
  reload(): ReloadOutcome;
  accessLog(): AccessLogFlow;
  healthLog(): RecordFlow;
  sharedLimits(): Pick<SharedLimitsStatus, 'state' | 'asked' | 'refused' | 'alone'>;
  blocklist(): BlocklistStatus;
  isStoreConnected(): boolean;
  workers(): readonly Pick<WorkerStatus, 'state' | 'restarts'>[];
}

export interface ReloadOutcome {
  readonly success: boolean;
  /** Unix milliseconds. */
  readonly time: number;
}

/** `received = stored + buffered + lost`. */
export interface RecordFlow {
  readonly received: number;
  readonly stored: number;
  readonly buffered: number;
  readonly lost: number;
}

/** With what an earlier process has left: `received + recovered = stored + buffered + lost`. */
export interface AccessLogFlow extends RecordFlow {
  readonly recovered: number;
  readonly corruptFrames: number;
  readonly spooledBytes: number;
  readonly segments: number;
  /** Age of the oldest record that is not stored, milliseconds; 0: all are. */
  readonly lagMs: number;
  /** Of the thread that keeps the access log. */
  readonly thread: 'idle' | 'running' | 'restarting' | 'closed';
  readonly threadRestarts: number;
}

/** Injection token of the {@link MetricsSource}. */
export const METRICS_SOURCE = Symbol('MetricsSource');
