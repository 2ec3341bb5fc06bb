import { explainedRecordsSchema, explainedRequestSchema } from '../resources/explain.resource.js';
import { z } from 'zod';
import {
  backendEntrySchema,
  backendPatchSchema,
  defaultsSchema,
  desiredSchema,
  globalKeys,
} from '../../../common/config/index.js';
import {
  banCheckSchema,
  banListSchema,
  banPageSchema,
  banRequestSchema,
  banSchema,
} from '../resources/ban.resource.js';
import {
  compareSchema,
  dropsSchema,
  latencySchema,
  summarySchema,
  timeseriesSchema,
  topSchema,
} from '../resources/analytics.resource.js';
import { balancerListSchema } from '../resources/balancer.resource.js';
import {
  appliedSchema,
  guardStatusSchema,
  planSchema,
  revisionDiffSchema,
} from '../resources/change.resource.js';
import { discoverySchema } from '../resources/discovery.resource.js';
import {
  changeEventSchema,
  overviewSchema,
  tailedRecordsSchema,
  tailSkippedSchema,
} from '../resources/event.resource.js';
import { livenessSchema, readinessSchema, serviceHealthSchema } from '../resources/health.resource.js';
import {
  accessLogPageSchema,
  auditLogPageSchema,
  healthLogPageSchema,
  scalingLogPageSchema,
} from '../resources/log.resource.js';
import { problemSchema } from '../resources/problem.resource.js';
import { revisionPageSchema, revisionSchema } from '../resources/revision.resource.js';
import { scalingListSchema, scalingSchema } from '../resources/scaling.resource.js';
import {
  backendListSchema,
  backendResourceSchema,
  serviceDefinitionSchema,
  servicePageSchema,
  serviceResourceSchema,
} from '../resources/service.resource.js';
import { statusSchema } from '../resources/status.resource.js';
import {
  madeTokenSchema,
  tokenListSchema,
  tokenRequestSchema,
  tokenSchema,
  whoamiSchema,
} from '../resources/token.resource.js';

/** Bodies that are taken. The same schemas check them. */
export const BODY_SCHEMAS = {
  ServiceDefinition: serviceDefinitionSchema,
  BackendDefinition: backendEntrySchema,
  BackendPatch: backendPatchSchema,
  ProposedState: desiredSchema,
  TokenRequest: tokenRequestSchema,
  BanRequest: banRequestSchema,
} as const;

/** The desired state as `/api/v1/config` shows it. */
const desiredStateSchema = z
  .strictObject({
    trustedProxies: z.array(z.string()),
    ...globalKeys,
    defaults: defaultsSchema,
    services: z.array(serviceDefinitionSchema),
  })
  .meta({
    description: 'The part of the configuration that can change while the balancer runs, as written.',
  });

/** Bodies that are answered. */
export const RESPONSE_SCHEMAS = {
  Service: serviceResourceSchema,
  ServicePage: servicePageSchema,
  Backend: backendResourceSchema,
  BackendList: backendListSchema,
  ServiceHealth: serviceHealthSchema,
  AccessLogPage: accessLogPageSchema,
  ExplainedRecords: explainedRecordsSchema,
  ExplainedRequest: explainedRequestSchema,
  HealthLogPage: healthLogPageSchema,
  AuditLogPage: auditLogPageSchema,
  ScalingLogPage: scalingLogPageSchema,
  Token: tokenSchema,
  MadeToken: madeTokenSchema,
  TokenList: tokenListSchema,
  Ban: banSchema,
  BanList: banListSchema,
  BanPage: banPageSchema,
  BanCheck: banCheckSchema,
  Whoami: whoamiSchema,
  Status: statusSchema,
  AnalyticsSummary: summarySchema,
  AnalyticsTimeseries: timeseriesSchema,
  AnalyticsTop: topSchema,
  AnalyticsLatency: latencySchema,
  AnalyticsDrops: dropsSchema,
  AnalyticsComparison: compareSchema,
  Overview: overviewSchema,
  ChangeEvent: changeEventSchema,
  TailedRecords: tailedRecordsSchema,
  TailSkipped: tailSkippedSchema,
  Revision: revisionSchema,
  BalancerList: balancerListSchema,
  Discovery: discoverySchema,
  Scaling: scalingSchema,
  ScalingList: scalingListSchema,
  RevisionPage: revisionPageSchema,
  RevisionDiff: revisionDiffSchema,
  Plan: planSchema,
  Applied: appliedSchema,
  GuardStatus: guardStatusSchema,
  DesiredState: desiredStateSchema,
  Readiness: readinessSchema,
  Liveness: livenessSchema,
  Problem: problemSchema,
} as const;

export type BodySchemaName = keyof typeof BODY_SCHEMAS;
export type ResponseSchemaName = keyof typeof RESPONSE_SCHEMAS;
