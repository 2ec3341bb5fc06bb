import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { VelocityConfig } from '../../common/config/index.js';
import {
  BackendStates,
  DEFAULT_CAPACITY,
  type ListenerSettings,
  SharedMemory,
  type TracingSettings,
} from '../../common/contract/index.js';
import { APPLICATION_LOGGER, type ApplicationLogger, RecordTap } from '../logging/index.js';
import { SpanShipper } from '../tracing/index.js';
import { type OwnedAddress, ownAddress, SHARES_PORTS } from './address.guard.js';
import { BlocklistPublisher } from './blocklist/blocklist.publisher.js';
import { DATA_PLANE, type DataPlane } from './data-plane.js';
import { LedgerReader } from './ledger.reader.js';
import { BackendAddresses } from './backend.addresses.js';
import { PUBLICATION_SOURCE, type PublicationSource } from './publication.js';
import { SPAN_SHIPPER } from './span-shipper.token.js';
import { PolicyEvents } from './policy-events.js';
import { SharedLimitsMonitor } from './shared-limits.monitor.js';
import { SnapshotPublisher } from './snapshot.publisher.js';
import { WorkerSupervisor } from './worker.supervisor.js';

/** Addresses that this process owns, in the order of the configured listeners. */
export const OWNED_ADDRESSES = Symbol('OwnedAddresses');

/** The shared memory, and what works on it. */
const MEMORY_PROVIDERS: Provider[] = [
  {
    provide: SharedMemory,
    inject: [ConfigService],
    useFactory: (config: ConfigService) => makeMemory(velocityConfig(config)),
  },
  {
    provide: BackendStates,
    inject: [SharedMemory],
    useFactory: (memory: SharedMemory) => new BackendStates(memory),
  },
  {
    provide: LedgerReader,
    inject: [SharedMemory],
    useFactory: (memory: SharedMemory) => new LedgerReader(memory),
  },
  {
    provide: SnapshotPublisher,
    inject: [SharedMemory, BackendStates, ConfigService],
    useFactory: (memory: SharedMemory, states: BackendStates, config: ConfigService) =>
      new SnapshotPublisher(memory, states, velocityConfig(config).via),
  },
  { provide: PUBLICATION_SOURCE, useExisting: SnapshotPublisher },
  PolicyEvents,
  {
    provide: BlocklistPublisher,
    inject: [APPLICATION_LOGGER],
    useFactory: (logger: ApplicationLogger) =>
      new BlocklistPublisher(logger.child({ component: 'blocklist' })),
  },
  {
    provide: SharedLimitsMonitor,
    inject: [SharedMemory, PolicyEvents, ConfigService],
    useFactory: (memory: SharedMemory, events: PolicyEvents, config: ConfigService) =>
      new SharedLimitsMonitor(memory, events, velocityConfig(config).redis !== null),
  },
];

/** Brings spans to the collector; null: none are recorded. */
const SPAN_SHIPPER_PROVIDER: Provider = {
  provide: SPAN_SHIPPER,
  inject: [ConfigService, PUBLICATION_SOURCE, APPLICATION_LOGGER],
  useFactory: (config: ConfigService, publications: PublicationSource, logger: ApplicationLogger) => {
    const { tracing } = velocityConfig(config);
    if (tracing === null || tracing.otlp === null) return null;
    const addresses = new BackendAddresses(publications);
    return new SpanShipper({
      otlp: tracing.otlp,
      addressOf: (backend) => addresses.of(backend),
      log: logger.child({ component: 'tracing' }),
    });
  },
};

/** @param inherited Handed over by another process; null: the configured ones must be free. */
function addressesProvider(inherited: readonly OwnedAddress[] | null): Provider {
  return {
    provide: OWNED_ADDRESSES,
    inject: [ConfigService],
    useFactory: (config: ConfigService) =>
      inherited ??
      Promise.all(velocityConfig(config).listeners.map(({ host, port }) => ownAddress(host, port))),
  };
}

function dataPlaneProvider(workerEntry: URL): Provider {
  return {
    provide: DATA_PLANE,
    inject: [
      SharedMemory,
      OWNED_ADDRESSES,
      RecordTap,
      PolicyEvents,
      APPLICATION_LOGGER,
      ConfigService,
      SPAN_SHIPPER,
    ],
    useFactory: (
      memory: SharedMemory,
      owned: readonly OwnedAddress[],
      accessLog: RecordTap,
      events: PolicyEvents,
      logger: ApplicationLogger,
      config: ConfigService,
      spans: SpanShipper | null,
    ) =>
      makeDataPlane(velocityConfig(config), {
        memory,
        owned,
        accessLog,
        events,
        logger,
        workerEntry,
        spans,
      }),
  };
}

/** The border to the data plane, for the main thread. Global: health, metrics and admin look at what it publishes. */
@Module({})
export class DataPlaneModule {
  /**
   * @param workerEntry The module that a worker runs.
   * @param inherited Addresses of the listeners, in their order, when another process hands them over.
   */
  static forRoot(workerEntry: URL, inherited: readonly OwnedAddress[] | null = null): DynamicModule {
    return {
      module: DataPlaneModule,
      global: true,
      providers: [
        ...MEMORY_PROVIDERS,
        SPAN_SHIPPER_PROVIDER,
        addressesProvider(inherited),
        dataPlaneProvider(workerEntry),
      ],
      exports: [
        SharedMemory,
        BackendStates,
        LedgerReader,
        SnapshotPublisher,
        PUBLICATION_SOURCE,
        OWNED_ADDRESSES,
        DATA_PLANE,
        PolicyEvents,
        BlocklistPublisher,
        SharedLimitsMonitor,
        SPAN_SHIPPER,
      ],
    };
  }
}

/** The whole configuration, which the control plane loads into Nest's ConfigService under this key. */
function velocityConfig(config: ConfigService): VelocityConfig {
  return config.getOrThrow<VelocityConfig>('velocity');
}

function makeMemory({ workers }: VelocityConfig): SharedMemory {
  return new SharedMemory({ workers: workers === 'inline' ? 1 : workers, ...DEFAULT_CAPACITY });
}

function tracingSettings({ tracing }: VelocityConfig): TracingSettings | null {
  if (tracing === null) return null;
  const { sampleShare, trust, otlp } = tracing;
  return { sampleShare, trust, records: otlp !== null };
}

interface DataPlaneParts {
  readonly memory: SharedMemory;
  readonly owned: readonly OwnedAddress[];
  readonly accessLog: RecordTap;
  readonly events: PolicyEvents;
  readonly logger: ApplicationLogger;
  readonly workerEntry: URL;
  readonly spans: SpanShipper | null;
}

async function makeDataPlane(config: VelocityConfig, parts: DataPlaneParts): Promise<DataPlane> {
  const { memory, owned, accessLog, events, workerEntry } = parts;
  const log = parts.logger.child({ component: 'data-plane' });
  const listeners: ListenerSettings[] = config.listeners.map((listener, index) => ({
    ...listener,
    port: owned[index]!.port,
  }));
  if (config.workers === 'inline') {
    // Only here, as threads load them for themselves.
    const [{ InlineDataPlane }, { createInlineApplication }] = await Promise.all([
      import('./inline.data-plane.js'),
      import('./inline-application.module.js'),
    ]);
    const inline = new InlineDataPlane({
      memory,
      listeners,
      reusePort: SHARES_PORTS,
      accessLog: config.accessLog.enabled ? accessLog : null,
      redis: config.redis,
      tracing: tracingSettings(config),
      spans: parts.spans,
      log,
      events,
    });
    return inline.start((more) => createInlineApplication({ memory, ...more }));
  }
  const { workers } = config;
  // Also for one worker: the one of a process that takes over and has more of them joins it.
  const reusePort = SHARES_PORTS;
  return new WorkerSupervisor({
    memory,
    listeners,
    reusePort,
    workers,
    entry: workerEntry,
    accessLog: config.accessLog.enabled ? accessLog : null,
    redis: config.redis,
    tracing: tracingSettings(config),
    spans: parts.spans,
    log,
    events,
  });
}
