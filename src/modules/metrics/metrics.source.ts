import type { SharedMemory } from '../../common/contract/index.js';
import type { StoreState } from '../registry/index.js';
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
  accessLog(): RecordFlow;
  /** null: records wait in memory, there is no spool. */
  spool(): SpoolCondition | null;
  healthLog(): RecordFlow;
  /** null: no spans are recorded. */
  spans(): SpanCondition | null;
  sharedLimits(): Pick<SharedLimitsStatus, 'state' | 'asked' | 'refused' | 'alone'>;
  blocklist(): BlocklistStatus;
  store(): StoreCondition;
  workers(): readonly Pick<WorkerStatus, 'worker' | 'state' | 'restarts' | 'generation'>[];
}

export interface ReloadOutcome {
  readonly success: boolean;
  /** Of the last load, Unix milliseconds. */
  readonly time: number;
  /** Of the last one that succeeded, Unix milliseconds. */
  readonly successTime: number;
}

export interface StoreCondition {
  readonly state: StoreState;
  /** Unix milliseconds of the last change of state. */
  readonly since: number;
}

/** What waits on disk for the store of the access log. */
export interface SpoolCondition {
  readonly bytes: number;
  /** Size at which the oldest segment is dropped. */
  readonly maxBytes: number;
  readonly segments: number;
  /** Records on disk that the store has not acknowledged. */
  readonly waiting: number;
  /** When the oldest of them was made, Unix milliseconds; 0: none waits. */
  readonly oldestTime: number;
  /** Records given up because the spool had its most bytes, or could not be written. */
  readonly lost: number;
  /** Frames that were passed over because their checksum does not hold, or that were torn. */
  readonly corruptFrames: number;
  /** Tries to bring records to the store that failed. */
  readonly failures: number;
}

/** `received = stored + buffered + lost`. */
export interface RecordFlow {
  readonly received: number;
  readonly stored: number;
  readonly buffered: number;
  readonly lost: number;
}

/** `made = exported + lost + queued` */
export interface SpanCondition {
  readonly made: number;
  readonly exported: number;
  readonly lost: number;
  readonly queued: number;
}

/** Injection token of the {@link MetricsSource}. */
export const METRICS_SOURCE = Symbol('MetricsSource');
