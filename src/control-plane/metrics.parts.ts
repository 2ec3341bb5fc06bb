import type { SharedMemory } from '../common/contract/index.js';
import type {
  BlocklistPublisher,
  BlocklistStatus,
  DataPlane,
  PublicationSource,
  SharedLimitsMonitor,
  SharedLimitsStatus,
} from '../modules/data-plane/index.js';
import type {
  AccessLogShipper,
  AccessLogStatus,
  HealthLogRecorder,
  ScalingLogRecorder,
} from '../modules/logging/index.js';
import type {
  MetricsSource,
  RecordFlow,
  ReloadOutcome,
  ScalingFigures,
  SourceCondition,
  SpoolCondition,
} from '../modules/metrics/index.js';
import type { StoreConnection } from '../modules/registry/index.js';
import type { SpanFlow, SpanShipper } from '../modules/tracing/index.js';
import type { RunningState } from './running.state.js';

export interface MetricsParts {
  readonly memory: SharedMemory;
  readonly publication: PublicationSource;
  readonly running: RunningState;
  readonly dataPlane: DataPlane;
  readonly store: StoreConnection;
  readonly accessLog: AccessLogShipper;
  /** Size at which the spool drops its oldest segment. */
  readonly spoolMaxBytes: number;
  readonly healthLog: HealthLogRecorder;
  readonly scalingLog: ScalingLogRecorder;
  readonly limits: SharedLimitsMonitor;
  readonly blocklist: BlocklistPublisher;
  /** null: no spans are recorded. */
  readonly spans: SpanShipper | null;
}

/** Where the metrics are read from: what each part knows anyway. */
export class RunningMetricsSource implements MetricsSource {
  readonly memory: SharedMemory;
  readonly publication: PublicationSource;
  readonly version: string;

  constructor(private readonly parts: MetricsParts) {
    this.memory = parts.memory;
    this.publication = parts.publication;
    this.version = parts.running.version;
  }

  reload(): ReloadOutcome {
    const file = this.parts.running.configFile();
    const { startedAt } = this.parts.running;
    if (file === null) return { success: true, time: startedAt, successTime: startedAt };
    return { success: file.error === '', time: file.lastAttemptAt, successTime: file.loadedAt };
  }

  accessLog(): AccessLogStatus {
    return this.parts.accessLog.stats();
  }

  healthLog(): RecordFlow {
    return this.parts.healthLog.stats();
  }

  scalingLog(): RecordFlow {
    return this.parts.scalingLog.stats();
  }

  sharedLimits(): SharedLimitsStatus {
    return this.parts.limits.status();
  }

  blocklist(): BlocklistStatus {
    return this.parts.blocklist.status();
  }

  discovery(): readonly SourceCondition[] {
    const { sources } = this.parts.running.discovery();
    return sources.map(({ name, problem, problems, backends }) => {
      const counts = { added: 0, conflict: 0, draining: 0, refused: 0 };
      for (const { status } of backends) counts[status]++;
      return { name, isUp: problem === '' && problems.length === 0, backends: counts };
    });
  }

  scaling(): readonly ScalingFigures[] {
    return this.parts.running.scaling();
  }

  spans(): SpanFlow | null {
    return this.parts.spans?.stats() ?? null;
  }

  spool(): SpoolCondition {
    const status = this.parts.accessLog.stats();
    return {
      bytes: status.spooledBytes,
      maxBytes: this.parts.spoolMaxBytes,
      segments: status.segments,
      oldestTime: status.lagMs === 0 ? 0 : Date.now() - status.lagMs,
      corruptFrames: status.corruptFrames,
      isRunning: status.thread === 'running',
      restarts: status.threadRestarts,
    };
  }

  store(): ReturnType<StoreConnection['status']> {
    return this.parts.store.status();
  }

  workers(): ReturnType<DataPlane['status']> {
    return this.parts.dataPlane.status();
  }
}
