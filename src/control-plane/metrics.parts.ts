import type { SharedMemory } from '../common/contract/index.js';
import type {
  BlocklistPublisher,
  BlocklistStatus,
  DataPlane,
  PublicationSource,
  SharedLimitsMonitor,
  SharedLimitsStatus,
} from '../modules/data-plane/index.js';
import type { AccessLogShipper, HealthLogRecorder } from '../modules/logging/index.js';
import type { AccessLogFlow, MetricsSource, RecordFlow, ReloadOutcome } from '../modules/metrics/index.js';
import type { StoreConnection } from '../modules/registry/index.js';
import type { RunningState } from './running.state.js';

export interface MetricsParts {
  readonly memory: SharedMemory;
  readonly publication: PublicationSource;
  readonly running: RunningState;
  readonly dataPlane: DataPlane;
  readonly store: StoreConnection;
  readonly accessLog: AccessLogShipper;
  readonly healthLog: HealthLogRecorder;
  readonly limits: SharedLimitsMonitor;
  readonly blocklist: BlocklistPublisher;
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
    if (file === null) return { success: true, time: this.parts.running.startedAt };
    return { success: file.error === '', time: file.lastAttemptAt };
  }

  accessLog(): AccessLogFlow {
    return this.parts.accessLog.stats();
  }

  healthLog(): RecordFlow {
    return this.parts.healthLog.stats();
  }

  sharedLimits(): SharedLimitsStatus {
    return this.parts.limits.status();
  }

  blocklist(): BlocklistStatus {
    return this.parts.blocklist.status();
  }

  isStoreConnected(): boolean {
    return this.parts.store.status().state === 'connected';
  }

  workers(): ReturnType<DataPlane['status']> {
    return this.parts.dataPlane.status();
  }
}
