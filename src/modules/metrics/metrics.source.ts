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
  accessLog(): RecordFlow & { readonly recovered: number };
  spool(): SpoolCondition;
  healthLog(): RecordFlow;
  scalingLog(): RecordFlow;
  /** null: no spans are recorded. */
  spans(): SpanCondition | null;
  sharedLimits(): Pick<SharedLimitsStatus, 'state' | 'asked' | 'refused' | 'alone'>;
  blocklist(): BlocklistStatus;
  /** By name; empty: there are none. */
  discovery(): readonly SourceCondition[];
  /** Of services with scaling, in the order of the configuration. */
  scaling(): readonly ScalingFigures[];
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

/** What is measured of the copies of one service. */
export interface ScalingFigures {
  readonly service: string;
  /** This balancer decides. */
  readonly isActive: boolean;
  readonly hasProblem: boolean;
  readonly current: number;
  readonly ready: number;
  readonly desired: number;
  /** Decisions since the start of the balancer, by what they asked for. */
  readonly up: number;
  readonly down: number;
  readonly hold: number;
  /** Copies since then. */
  readonly started: number;
  readonly failed: number;
  readonly stopped: number;
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
  /** When the oldest record that is not stored was written, Unix milliseconds; 0: none waits. */
  readonly oldestTime: number;
  /** Damaged parts that were passed over, and unfinished ends that were cut off. */
  readonly corruptFrames: number;
  /** The thread that keeps the access log runs. */
  readonly isRunning: boolean;
  /** Times that this thread was started again. */
  readonly restarts: number;
}

/** A source of backends. */
export interface SourceCondition {
  readonly name: string;
  /** It can look as it should. */
  readonly isUp: boolean;
  /** How many it has found, by what became of them. */
  readonly backends: Readonly<Record<'added' | 'conflict' | 'draining' | 'refused', number>>;
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
