import {
  type DynamicModule,
  type MiddlewareConsumer,
  Module,
  type ModuleMetadata,
  type NestModule,
  type Provider,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, MetadataScanner } from '@nestjs/core';
import type { AdminConfig } from '../../common/config/index.js';
import { PUBLICATION_SOURCE, type PublicationSource } from '../data-plane/index.js';
import { AccessToken } from './access/access-token.js';
import { AuthGuard } from './access/auth.guard.js';
import { AuthPolicy, CredentialCheck } from './access/credential.check.js';
import { FailureThrottle } from './access/failure.throttle.js';
import { GateMiddleware } from './access/gate.middleware.js';
import { HostCheck } from './access/host.check.js';
import { AuditInterceptor } from './audit/audit.interceptor.js';
import { RequestAuditor } from './audit/request.auditor.js';
import { BanEditor } from './ban.editor.js';
import { BanReader } from './ban.reader.js';
import { BalancerReader } from './balancer.reader.js';
import { AnalyticsReader } from './analytics.reader.js';
import { AnalyticsController } from './controllers/analytics.controller.js';
import { BackendsController } from './controllers/backends.controller.js';
import { BalancersController } from './controllers/balancers.controller.js';
import { BansController } from './controllers/bans.controller.js';
import { ChangesController } from './controllers/changes.controller.js';
import { DashboardController } from './controllers/dashboard.controller.js';
import { DiscoveryController } from './controllers/discovery.controller.js';
import { DocsController } from './controllers/docs.controller.js';
import { ExplainController } from './controllers/explain.controller.js';
import { EventsController } from './controllers/events.controller.js';
import { GuardController } from './controllers/guard.controller.js';
import { LogsController } from './controllers/logs.controller.js';
import { MetricsController } from './controllers/metrics.controller.js';
import { OwnHealthController } from './controllers/own-health.controller.js';
import { RevisionsController } from './controllers/revisions.controller.js';
import { ScalingController } from './controllers/scaling.controller.js';
import { ServiceHealthController } from './controllers/service-health.controller.js';
import { ServicesController } from './controllers/services.controller.js';
import { StatusController } from './controllers/status.controller.js';
import { TokensController } from './controllers/tokens.controller.js';
import { WhoamiController } from './controllers/whoami.controller.js';
import { DashboardSite } from './dashboard/dashboard.site.js';
import { AccessLogTail } from './events/access-log.tail.js';
import { ChangeFeed } from './events/change.feed.js';
import { EventStreams } from './events/event.streams.js';
import { OverviewFeed } from './events/overview.feed.js';
import { DiscoveryReader } from './discovery.reader.js';
import { ExplainReader } from './explain.reader.js';
import { HealthReader } from './health.reader.js';
import { ChangeEditor } from './change.editor.js';
import { AnswerInterceptor } from './http/answer.interceptor.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RouteTable } from './http/route.table.js';
import { LogReader } from './log.reader.js';
import { MetricsReader } from './metrics.reader.js';
import { DocsSite } from './openapi/docs.site.js';
import { OverviewReader } from './overview.reader.js';
import { PORT_BINDINGS } from './port.bindings.js';
import { PublicationWaiter } from './publication.waiter.js';
import { ReadinessReader } from './readiness.reader.js';
import { RevisionReader } from './revision.reader.js';
import { ScalingReader } from './scaling.reader.js';
import { ServiceEditor } from './service.editor.js';
import { ServiceReader } from './service.reader.js';
import { StatusReader } from './status.reader.js';
import { TailReader } from './tail.reader.js';
import { TokenEditor } from './token.editor.js';

export interface AdminModuleOptions {
  readonly admin: AdminConfig;
  /** From `openTokenFile`. */
  readonly token: AccessToken;
  /**
   * Modules that export SystemStatusPort and what the bindings need (RegistryService, Planner, GuardKeeper, HealthService,
   * ReadinessService, BalancerRoster, AutoscalingService, DiscoveryService, LogQueryService, AuditLogRecorder, TokenService, BanService,
   * MetricsRegistry, PUBLICATION_SOURCE, BackendStates), unless they are global.
   */
  readonly imports?: ModuleMetadata['imports'];
  /** Instead of {@link PORT_BINDINGS}. */
  readonly ports?: readonly Provider[];
}

const CONTROLLERS = [
  ServicesController,
  BackendsController,
  ServiceHealthController,
  ChangesController,
  RevisionsController,
  GuardController,
  LogsController,
  ExplainController,
  EventsController,
  AnalyticsController,
  BalancersController,
  DiscoveryController,
  ScalingController,
  StatusController,
  BansController,
  TokensController,
  WhoamiController,
  OwnHealthController,
  MetricsController,
  DocsController,
  DashboardController,
] as const;

/** What controllers and guards call. */
const PARTS: readonly Provider[] = [
  ServiceReader,
  ServiceEditor,
  ChangeEditor,
  RevisionReader,
  HealthReader,
  LogReader,
  AnalyticsReader,
  ExplainReader,
  EventStreams,
  OverviewFeed,
  ChangeFeed,
  AccessLogTail,
  OverviewReader,
  TailReader,
  StatusReader,
  BalancerReader,
  DiscoveryReader,
  ScalingReader,
  TokenEditor,
  BanReader,
  BanEditor,
  ReadinessReader,
  MetricsReader,
  MetadataScanner,
  RouteTable,
  RequestAuditor,
  DocsSite,
  DashboardSite,
];

/** The HTTP face of the control plane. `AdminServer` completes it on the application. */
@Module({})
export class AdminModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(GateMiddleware).forRoutes('{*path}');
  }

  static register({ admin, token, imports = [], ports = PORT_BINDINGS }: AdminModuleOptions): DynamicModule {
    return {
      module: AdminModule,
      imports: [...imports],
      controllers: [...CONTROLLERS],
      providers: [
        ...ports,
        { provide: AccessToken, useValue: token },
        { provide: AuthPolicy, useValue: { authentication: admin.authentication } satisfies AuthPolicy },
        CredentialCheck,
        { provide: FailureThrottle, useFactory: () => new FailureThrottle() },
        { provide: HostCheck, useFactory: () => new HostCheck(admin.allowedHosts, admin.host) },
        {
          provide: PublicationWaiter,
          inject: [PUBLICATION_SOURCE],
          useFactory: (source: PublicationSource) => new PublicationWaiter(source),
        },
        ...PARTS,
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
        { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
