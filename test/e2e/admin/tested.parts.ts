import { type DriversConfig, resolveGlobals } from '../../../src/common/config/index.js';
import { join } from 'node:path';
import { ConfigService } from '@nestjs/config';
import { type DynamicModule, Global, Module, type Provider, type Type } from '@nestjs/common';
import { type AccessLogRecord, BackendStates, SharedMemory } from '../../../src/common/contract/index.js';
import { AccessModule } from '../../../src/modules/access/access.module.js';
import { type SystemStatus, SystemStatusPort } from '../../../src/modules/admin/index.js';
import { AutoscalingModule } from '../../../src/modules/autoscaling/autoscaling.module.js';
import { BansModule } from '../../../src/modules/bans/bans.module.js';
import { CoordinationModule } from '../../../src/modules/coordination/coordination.module.js';
import { BALANCER_FACTS } from '../../../src/modules/coordination/index.js';
import {
  BlocklistPublisher,
  LedgerReader,
  PolicyEvents,
  PUBLICATION_SOURCE,
  SnapshotPublisher,
} from '../../../src/modules/data-plane/index.js';
import { type DiscoveryStatus, DiscoveryService } from '../../../src/modules/discovery/index.js';
import { ChangesModule } from '../../../src/modules/changes/changes.module.js';
import { ExplainModule } from '../../../src/modules/explain/explain.module.js';
import { HealthModule } from '../../../src/modules/health/health.module.js';
import { HEALTH_RECORDER, READINESS_SOURCE } from '../../../src/modules/health/index.js';
import {
  AccessLogShipper,
  createApplicationLogger,
  HealthLogRecorder,
} from '../../../src/modules/logging/index.js';
import { LoggingModule } from '../../../src/modules/logging/logging.module.js';
import { METRICS_SOURCE } from '../../../src/modules/metrics/index.js';
import { MetricsModule } from '../../../src/modules/metrics/metrics.module.js';
import {
  type RegistryView,
  STORE_CONNECTION,
  type StoreConnection,
} from '../../../src/modules/registry/index.js';
import { OutagesModule } from '../../../src/modules/outages/outages.module.js';
import { DirectAccessLog } from '../../support/direct-access-log.js';
import { KEEP_FOREVER } from '../../support/stores.js';
import { RegistryModule } from '../../../src/modules/registry/registry.module.js';
import { deliverAll } from '../../support/analytics-drivers.js';
import { accessLogStorage } from '../../../src/modules/storage/index.js';
import { StorageModule } from '../../../src/modules/storage/storage.module.js';

@Global()
@Module({})
class SharedParts {}

@Global()
@Module({})
class Ports {}

const silent = () => undefined;
/** Services may be scaled by a webhook, though nobody decides. */
const DRIVERS: DriversConfig = { process: null, docker: null, kubernetes: null, webhook: true };
/** What discovery would say. */
export const FOUND: DiscoveryStatus = {
  sources: [
    {
      name: 'dns:shop.internal',
      problem: '',
      backends: [
        {
          service: 'shop',
          url: 'http://10.0.0.7:8080',
          place: 'A record of shop.internal',
          backend: null,
          status: 'refused',
          detail: 'there is no service shop',
        },
      ],
      problems: [{ place: 'container shop-1', message: 'velocity.port: is no port' }],
    },
  ],
};
const VERSION = '0.0.0-test';

/** Everything behind the admin API as in a balancer, except that no worker runs: what they would say is set by hand. */
export class TestedParts {
  readonly memory = new SharedMemory({ workers: 1, backendCapacity: 1_024, serviceCapacity: 256 });
  readonly states = new BackendStates(this.memory);
  readonly publisher = new SnapshotPublisher(this.memory, this.states, 'velocity');
  readonly blocklist = new BlocklistPublisher({ info: silent, warn: silent, error: silent });
  readonly events = new PolicyEvents();
  readonly workers = { configured: 1, listening: 1 };
  /** Of the access log's store, which is another than that of all else; once the modules are made. */
  accessLogConnection: StoreConnection | null = null;
  private readonly startedAt = Date.now();

  /** @param past Records that questions on the past are answered from. */
  constructor(
    private readonly directory: string,
    private readonly past: readonly AccessLogRecord[] = [],
  ) {}

  async modules(): Promise<(DynamicModule | Type)[]> {
    const logger = await createApplicationLogger({ level: 'silent', format: 'json' });
    const log = {
      healthLog: { record: 'all', retentionMs: 0 },
    } as const;
    const database = { driver: 'sqlite', path: join(this.directory, 'velocity.db') } as const;
    const records = await accessLogStorage(database, KEEP_FOREVER, silent);
    await records.open();
    this.accessLogConnection = records.connection;
    if (this.past.length > 0) await deliverAll(records.store, this.past, 1_000);
    return [
      globally(SharedParts, this.sharedParts()),
      await StorageModule.forRoot(database, KEEP_FOREVER),
      LoggingModule.forRoot({
        config: log,
        logger,
        accessLog: new DirectAccessLog(records.store, () => records.close()),
      }),
      globally(Ports, this.ports()),
      RegistryModule,
      ChangesModule,
      CoordinationModule,
      HealthModule.register([]),
      OutagesModule,
      ExplainModule,
      MetricsModule.forRoot(),
      { module: AccessModule },
      { module: AutoscalingModule },
      { module: BansModule },
    ];
  }

  publish({ revision, services, state, affinitySecret }: RegistryView): void {
    const { trustedProxies } = state;
    const globals = resolveGlobals(state);
    this.blocklist.useLists({ globals, services });
    this.publisher.publish({
      revision: revision.number,
      services,
      trustedProxies,
      globals,
      affinitySecret,
    });
  }

  private sharedParts(): ProvidedPart[] {
    return [
      {
        provide: ConfigService,
        useValue: new ConfigService({ velocity: { redis: null, drivers: DRIVERS } }),
      },
      { provide: SharedMemory, useValue: this.memory },
      { provide: BackendStates, useValue: this.states },
      { provide: PolicyEvents, useValue: this.events },
      { provide: PUBLICATION_SOURCE, useValue: this.publisher },
      { provide: PolicyEvents, useValue: this.events },
      { provide: BlocklistPublisher, useValue: this.blocklist },
      { provide: HEALTH_RECORDER, useExisting: HealthLogRecorder },
      {
        provide: READINESS_SOURCE,
        useValue: {
          workers: () => this.workers,
          generation: () => this.publisher.current()?.snapshot.generation ?? 0,
          configError: () => null,
        },
      },
      {
        provide: METRICS_SOURCE,
        inject: [AccessLogShipper, HealthLogRecorder, STORE_CONNECTION],
        useFactory: (accessLog: AccessLogShipper, healthLog: HealthLogRecorder, store: StoreConnection) => ({
          memory: this.memory,
          publication: this.publisher,
          version: VERSION,
          reload: () => ({ success: true, time: this.startedAt, successTime: this.startedAt }),
          spool: () => ({
            bytes: 0,
            maxBytes: 1,
            segments: 0,
            oldestTime: 0,
            corruptFrames: 0,
            isRunning: true,
            restarts: 0,
          }),
          spans: () => null,
          accessLog: () => accessLog.stats(),
          healthLog: () => healthLog.stats(),
          scalingLog: () => healthLog.stats(),
          scaling: () => [],
          sharedLimits: () => ({ state: 'off', asked: 0, refused: 0, alone: 0 }),
          blocklist: () => this.blocklist.status(),
          discovery: () => [],
          store: () => store.status(),
          workers: () => [{ worker: 0, state: 'listening', restarts: 0, generation: 1 }],
        }),
      },
    ];
  }

  private ports(): ProvidedPart[] {
    return [
      { provide: DiscoveryService, useValue: { status: () => FOUND } },
      {
        provide: SystemStatusPort,
        inject: [AccessLogShipper, STORE_CONNECTION],
        useFactory: (accessLog: AccessLogShipper, store: StoreConnection) => ({
          status: () => this.status(accessLog, store),
        }),
      },
      {
        provide: BALANCER_FACTS,
        useValue: {
          facts: () => ({
            version: VERSION,
            startedAt: this.startedAt,
            revision: this.publisher.current()?.revision ?? 0,
            generation: this.publisher.current()?.snapshot.generation ?? 0,
            admin: '',
          }),
        },
      },
    ];
  }

  private status(accessLog: AccessLogShipper, store: StoreConnection): SystemStatus {
    const publication = this.publisher.current();
    return {
      version: VERSION,
      startedAt: this.startedAt,
      mode: 'threads',
      generation: publication?.snapshot.generation ?? 0,
      revision: publication?.revision ?? 0,
      workers: [
        {
          worker: 0,
          state: 'listening',
          threadId: 1,
          generation: publication?.snapshot.generation ?? 0,
          restarts: 0,
          startedAt: this.startedAt,
          lastError: '',
        },
      ],
      listeners: [{ host: '127.0.0.1', port: 8000 }],
      ledger: new LedgerReader(this.memory).totals(),
      store: { driver: store.driver, ...store.status() },
      accessLog: accessLog.stats(),
      sharedLimits: { state: 'off', since: this.startedAt, error: '', asked: 0, refused: 0, alone: 0 },
      blocklist: this.blocklist.status(),
      configFile: null,
    };
  }
}

type ProvidedPart = Exclude<Provider, Function>;

function globally(module: DynamicModule['module'], providers: ProvidedPart[]): DynamicModule {
  return { module, global: true, providers, exports: providers.map(({ provide }) => provide) };
}
