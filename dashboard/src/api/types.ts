/** The shapes of the API, as the server declares them: a change there that a page does not know fails the type check. */
import type { z } from 'zod';
import type { banSchema } from '../../../src/modules/admin/resources/ban.resource';
import type { guardStatusSchema, planSchema } from '../../../src/modules/admin/resources/change.resource';
import type { Discovery } from '../../../src/modules/admin/resources/discovery.resource';
import type {
  explainedRecordsSchema,
  explainedRequestSchema,
} from '../../../src/modules/admin/resources/explain.resource';
import type {
  accessLogRecordSchema,
  healthLogRecordSchema,
  scalingLogRecordSchema,
} from '../../../src/modules/admin/resources/log.resource';
import type { problemSchema } from '../../../src/modules/admin/resources/problem.resource';
import type { revisionSchema } from '../../../src/modules/admin/resources/revision.resource';
import type {
  BackendResource,
  effectiveServiceSchema,
  serviceResourceSchema,
} from '../../../src/modules/admin/resources/service.resource';
import type { ScalingResource } from '../../../src/modules/admin/resources/scaling.resource';
import type { whoamiSchema } from '../../../src/modules/admin/resources/token.resource';

export type {
  AnalyticsComparison,
  AnalyticsDrops,
  AnalyticsLatency,
  AnalyticsTimeseries,
} from '../../../src/modules/admin/resources/analytics.resource';
export type { BackendHealthResource as BackendHealth } from '../../../src/modules/admin/resources/health.resource';
export type { ServiceHealthResource as ServiceHealth } from '../../../src/modules/admin/resources/health.resource';
export type { StatusResource as Status } from '../../../src/modules/admin/resources/status.resource';
export type { BalancerList } from '../../../src/modules/admin/resources/balancer.resource';
export type { Discovery } from '../../../src/modules/admin/resources/discovery.resource';
export type {
  ScalingList,
  ScalingResource as Scaling,
} from '../../../src/modules/admin/resources/scaling.resource';

export type { BanCheck } from '../../../src/modules/admin/resources/ban.resource';
export type {
  AppliedResource as Applied,
  RevisionDiffResource as RevisionDiff,
} from '../../../src/modules/admin/resources/change.resource';
export type {
  MadeTokenResource as MadeToken,
  TokenResource as Token,
} from '../../../src/modules/admin/resources/token.resource';

export type Ban = z.infer<typeof banSchema>;
export type Plan = z.infer<typeof planSchema>;
export type Replay = NonNullable<Plan['replay']>;
export type GuardStatus = z.infer<typeof guardStatusSchema>;
export type Revision = z.infer<typeof revisionSchema>;
export type HealthLogRecord = z.infer<typeof healthLogRecordSchema>;
export type ScalingLogRecord = z.infer<typeof scalingLogRecordSchema>;
export type ScalingInstance = ScalingResource['instances'][number];
export type ScalingDecision = NonNullable<ScalingResource['decision']>;
export type DiscoverySource = Discovery['sources'][number];
export type Finding = DiscoverySource['backends'][number];
export type AccessLogRecord = z.infer<typeof accessLogRecordSchema>;
export type ExplainedRecords = z.infer<typeof explainedRecordsSchema>;
export type ExplainedRequest = z.infer<typeof explainedRequestSchema>;
export type Problem = z.infer<typeof problemSchema>;
export type Backend = BackendResource;
export type Service = z.infer<typeof serviceResourceSchema>;
export type EffectiveService = z.infer<typeof effectiveServiceSchema>;
export type Principal = z.infer<typeof whoamiSchema>;
export type Role = Principal['role'];

/** One page of a list. `next`: path and query of the page after it; null: this was the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}
