import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { BackendStates, SharedMemory } from '../common/contract/index.js';
import { BALANCER_FACTS } from '../modules/coordination/index.js';
import { SystemStatusPort } from '../modules/admin/index.js';
import {
  BlocklistPublisher,
  DATA_PLANE,
  type DataPlane,
  LedgerReader,
  PUBLICATION_SOURCE,
  type PublicationSource,
  SharedLimitsMonitor,
  SPAN_SHIPPER,
} from '../modules/data-plane/index.js';
import { HEALTH_RECORDER, READINESS_SOURCE } from '../modules/health/index.js';
import { AccessLogShipper, HealthLogRecorder, ScalingLogRecorder } from '../modules/logging/index.js';
import { METRICS_SOURCE } from '../modules/metrics/index.js';
import { STORE_CONNECTION, type StoreConnection } from '../modules/registry/index.js';
import type { SpanShipper } from '../modules/tracing/index.js';
import { LoadWatch } from './load/load.watch.js';
import { RunningMetricsSource } from './metrics.parts.js';
import { RunningState } from './running.state.js';
import { SystemState } from './system.status.js';

/** Binds the ports of health, metrics and admin to the parts that know. */
@Module({})
export class SourcesModule {
  static forRoot(running: RunningState, spoolMaxBytes: number): DynamicModule {
    return {
      module: SourcesModule,
      global: true,
      providers: [
        { provide: RunningState, useValue: running },
        { provide: HEALTH_RECORDER, useExisting: HealthLogRecorder },
        {
          provide: LoadWatch,
          inject: [SharedMemory, BackendStates, PUBLICATION_SOURCE],
          useFactory: (memory: SharedMemory, states: BackendStates, publications: PublicationSource) =>
            new LoadWatch(memory, states, publications),
        },
        systemState(running),
        { provide: READINESS_SOURCE, useExisting: SystemState },
        { provide: SystemStatusPort, useExisting: SystemState },
        { provide: BALANCER_FACTS, useExisting: SystemState },
        metricsSource(running, spoolMaxBytes),
      ],
      exports: [
        RunningState,
        LoadWatch,
        HEALTH_RECORDER,
        READINESS_SOURCE,
        SystemStatusPort,
        BALANCER_FACTS,
        METRICS_SOURCE,
      ],
    };
  }
}

function systemState(running: RunningState): Provider {
  return {
    provide: SystemState,
    inject: [
      DATA_PLANE,
      PUBLICATION_SOURCE,
      LedgerReader,
      STORE_CONNECTION,
      AccessLogShipper,
      SharedLimitsMonitor,
      BlocklistPublisher,
      LoadWatch,
    ],
    useFactory: (
      dataPlane: DataPlane,
      publications: PublicationSource,
      ledger: LedgerReader,
      store: StoreConnection,
      accessLog: AccessLogShipper,
      limits: SharedLimitsMonitor,
      blocklist: BlocklistPublisher,
      load: LoadWatch,
    ) =>
      new SystemState({
        running,
        dataPlane,
        publications,
        ledger,
        store,
        accessLog,
        limits,
        blocklist,
        load,
      }),
  };
}

function metricsSource(running: RunningState, spoolMaxBytes: number): Provider {
  return {
    provide: METRICS_SOURCE,
    inject: [
      SharedMemory,
      PUBLICATION_SOURCE,
      DATA_PLANE,
      STORE_CONNECTION,
      AccessLogShipper,
      HealthLogRecorder,
      ScalingLogRecorder,
      SharedLimitsMonitor,
      BlocklistPublisher,
      SPAN_SHIPPER,
    ],
    useFactory: (
      memory: SharedMemory,
      publication: PublicationSource,
      dataPlane: DataPlane,
      store: StoreConnection,
      accessLog: AccessLogShipper,
      healthLog: HealthLogRecorder,
      scalingLog: ScalingLogRecorder,
      limits: SharedLimitsMonitor,
      blocklist: BlocklistPublisher,
      spans: SpanShipper | null,
    ) =>
      new RunningMetricsSource({
        memory,
        publication,
        running,
        dataPlane,
        store,
        accessLog,
        spoolMaxBytes,
        healthLog,
        scalingLog,
        limits,
        blocklist,
        spans,
      }),
  };
}
