import { type BeforeApplicationShutdown, type DynamicModule, Module, type Provider } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { VelocityConfig } from '../../common/config/index.js';
import { ANALYTICS_STORE, type AnalyticsStore } from './analytics/analytics-store.js';
import { AnalyticsService } from './analytics/analytics.service.js';
import { type AccessLogEnd, AccessLogShipper } from './access-log/access-log.shipper.js';
import type { ApplicationLogger } from './application-log/application-logger.js';
import { requestLogOptions } from './application-log/request-log.options.js';
import { RecordTap } from './access-log/record.tap.js';
import { AuditLogRecorder } from './audit-log/audit-log.recorder.js';
import { HealthLogRecorder } from './health-log/health-log.recorder.js';
import {
  ACCESS_LOG_STORE,
  HEALTH_LOG_STORE,
  type AccessLogStore,
  AUDIT_LOG_STORE,
  type AuditLogStore,
  type HealthLogStore,
  SCALING_LOG_STORE,
  type ScalingLogStore,
} from './log-stores.js';
import { ScalingLogRecorder } from './scaling-log/scaling-log.recorder.js';
import { LogQueryService } from './queries/log-query.service.js';
import { APPLICATION_LOGGER } from './application-log/application-logger.token.js';

/** Health records that wait for the store: at most what 10,000 backends probed every 5 s make in 25 s. */
const MAX_BUFFERED_HEALTH_RECORDS = 50_000;
/** Records of changes and refusals: more than anybody makes while a store is away. */
const MAX_BUFFERED_AUDIT_RECORDS = 100_000;
/** Records of scaling and discovery: those of 500 containers that come and go all day while a store is away. */
const MAX_BUFFERED_SCALING_RECORDS = 50_000;
/** The store gets this long at shutdown; probes and workers have ended by then. */
const CLOSE_DEADLINE_MS = 5_000;

/** Before whatever takes the workers' batches. */
const RECORD_TAP: Provider = {
  provide: RecordTap,
  inject: [AccessLogShipper],
  useFactory: (shipper: AccessLogShipper) => new RecordTap(shipper),
};
const LOG_QUERIES: Provider = {
  provide: LogQueryService,
  inject: [ACCESS_LOG_STORE, HEALTH_LOG_STORE, AUDIT_LOG_STORE, SCALING_LOG_STORE],
  useFactory: (
    accessLogs: AccessLogStore,
    healthLogs: HealthLogStore,
    auditLogs: AuditLogStore,
    scalingLogs: ScalingLogStore,
  ) => new LogQueryService(accessLogs, healthLogs, auditLogs, scalingLogs),
};
const ANALYTICS: Provider = {
  provide: AnalyticsService,
  inject: [ANALYTICS_STORE],
  useFactory: (store: AnalyticsStore) => new AnalyticsService(store),
};
const EXPORTS = [
  APPLICATION_LOGGER,
  ACCESS_LOG_STORE,
  ANALYTICS_STORE,
  AccessLogShipper,
  RecordTap,
  HealthLogRecorder,
  AuditLogRecorder,
  ScalingLogRecorder,
  LogQueryService,
  AnalyticsService,
];

export interface LoggingModuleOptions {
  readonly config: Pick<VelocityConfig, 'healthLog'>;
  /** From `createApplicationLogger`. */
  readonly logger: ApplicationLogger;
  /** Closed with the other logs; whoever owns the start calls `start`. */
  readonly accessLog: AccessLogEnd;
  /** Modules that provide HEALTH_LOG_STORE, AUDIT_LOG_STORE and SCALING_LOG_STORE, unless they are global. */
  readonly imports?: DynamicModule['imports'];
}

/** Logs of the control plane. Closes them in `beforeApplicationShutdown`: the store must live until after that. */
@Module({})
export class LoggingModule implements BeforeApplicationShutdown {
  constructor(
    private readonly accessLog: AccessLogShipper,
    private readonly healthLog: HealthLogRecorder,
    private readonly auditLog: AuditLogRecorder,
    private readonly scalingLog: ScalingLogRecorder,
  ) {}

  static forRoot({ config, logger, accessLog, imports = [] }: LoggingModuleOptions): DynamicModule {
    return {
      module: LoggingModule,
      global: true,
      imports: [
        ...imports,
        LoggerModule.forRoot({ pinoHttp: requestLogOptions(logger), renameContext: 'component' }),
      ],
      providers: [
        { provide: APPLICATION_LOGGER, useValue: logger },
        { provide: AccessLogShipper, useValue: accessLog },
        { provide: ACCESS_LOG_STORE, useValue: accessLog },
        { provide: ANALYTICS_STORE, useValue: accessLog },
        RECORD_TAP,
        {
          provide: HealthLogRecorder,
          inject: [HEALTH_LOG_STORE],
          useFactory: (store: HealthLogStore) =>
            new HealthLogRecorder(config.healthLog.record, {
              store,
              maxBuffered: MAX_BUFFERED_HEALTH_RECORDS,
              log: logger.child({ component: 'health-log' }),
            }),
        },
        {
          provide: AuditLogRecorder,
          inject: [AUDIT_LOG_STORE],
          useFactory: (store: AuditLogStore) =>
            new AuditLogRecorder({
              store,
              maxBuffered: MAX_BUFFERED_AUDIT_RECORDS,
              log: logger.child({ component: 'audit-log' }),
            }),
        },
        {
          provide: ScalingLogRecorder,
          inject: [SCALING_LOG_STORE],
          useFactory: (store: ScalingLogStore) =>
            new ScalingLogRecorder({
              store,
              maxBuffered: MAX_BUFFERED_SCALING_RECORDS,
              log: logger.child({ component: 'scaling-log' }),
            }),
        },
        LOG_QUERIES,
        ANALYTICS,
      ],
      exports: EXPORTS,
    };
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([
      this.accessLog.close(CLOSE_DEADLINE_MS),
      this.healthLog.close(CLOSE_DEADLINE_MS),
      this.auditLog.close(CLOSE_DEADLINE_MS),
      this.scalingLog.close(CLOSE_DEADLINE_MS),
    ]);
  }
}
