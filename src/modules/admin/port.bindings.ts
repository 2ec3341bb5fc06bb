import type { Provider, Type } from '@nestjs/common';
import { BackendStates, SharedMemory } from '../../common/contract/index.js';
import { AutoscalingService } from '../autoscaling/index.js';
import { BanService } from '../bans/index.js';
import { GuardKeeper, Planner } from '../changes/index.js';
import { BalancerRoster } from '../coordination/index.js';
import { BlocklistPublisher, PUBLICATION_SOURCE, type PublicationSource } from '../data-plane/index.js';
import { DiscoveryService } from '../discovery/index.js';
import { ExplainService } from '../explain/index.js';
import { HealthService, ReadinessService } from '../health/index.js';
import { TokenService } from '../access/index.js';
import {
  AnalyticsService,
  AuditLogRecorder,
  HealthLogRecorder,
  ScalingLogRecorder,
  LogQueryService,
  RecordTap,
} from '../logging/index.js';
import { MetricsRegistry } from '../metrics/index.js';
import { OutageKeeper } from '../outages/index.js';
import { RegistryService } from '../registry/index.js';
import {
  AnalyticsPort,
  AuditPort,
  BackendHealthPort,
  BalancersPort,
  BanPort,
  BlocklistPort,
  DiscoveryPort,
  ExplainPort,
  GuardPort,
  HealthRecordsPort,
  ScalingRecordsPort,
  LogQueryPort,
  MetricsPort,
  OutagePort,
  OverviewPort,
  PlannerPort,
  ReadinessPort,
  RecordTapPort,
  RegistryPort,
  ScalingPort,
  TokenPort,
  TrafficPort,
} from './ports.js';
import { OverviewSampler } from './events/overview.sampler.js';
import { SharedMemoryTraffic } from './shared-memory.traffic.js';

/** Binds a port to a service of another module; a service that does not fit the port does not compile. */
function bound<T>(port: abstract new () => T, service: Type<T>): Provider {
  return { provide: port, useExisting: service };
}

/**
 * The ports that services of other modules fill as they are. SystemStatusPort is left to the control plane, which alone
 * knows all parts of a status.
 */
export const PORT_BINDINGS: readonly Provider[] = [
  bound(RegistryPort, RegistryService),
  bound(PlannerPort, Planner),
  bound(GuardPort, GuardKeeper),
  bound(BackendHealthPort, HealthService),
  bound(OutagePort, OutageKeeper),
  bound(BalancersPort, BalancerRoster),
  bound(DiscoveryPort, DiscoveryService),
  bound(ScalingPort, AutoscalingService),
  bound(ReadinessPort, ReadinessService),
  bound(AnalyticsPort, AnalyticsService),
  bound(LogQueryPort, LogQueryService),
  bound(ExplainPort, ExplainService),
  bound(HealthRecordsPort, HealthLogRecorder),
  bound(ScalingRecordsPort, ScalingLogRecorder),
  bound(RecordTapPort, RecordTap),
  bound(MetricsPort, MetricsRegistry),
  bound(BanPort, BanService),
  { provide: BlocklistPort, useExisting: BlocklistPublisher },
  bound(TokenPort, TokenService),
  bound(AuditPort, AuditLogRecorder),
  {
    provide: TrafficPort,
    inject: [PUBLICATION_SOURCE, BackendStates, SharedMemory],
    useFactory: (source: PublicationSource, states: BackendStates, memory: SharedMemory) =>
      new SharedMemoryTraffic(source, states, memory),
  },
  {
    provide: OverviewPort,
    inject: [PUBLICATION_SOURCE, SharedMemory, BackendStates, OutagePort],
    useFactory: (
      publications: PublicationSource,
      memory: SharedMemory,
      states: BackendStates,
      outages: OutagePort,
    ) => new OverviewSampler({ publications, memory, states, outages }),
  },
];
