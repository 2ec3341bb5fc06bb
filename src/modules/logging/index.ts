export { type AccessLogEnd, AccessLogShipper } from './access-log/access-log.shipper.js';
export type { AccessLogStatus } from './access-log/access-log.status.js';
export type { OutputStats } from './access-log/outputs/line.output.js';
export * from './analytics/analytics-store.js';
export { parseAnalyticsQuery } from './analytics/analytics.query.js';
export * from './analytics/analytics.request.js';
export * from './analytics/analytics.service.js';
export type { Figures, HistogramBucket } from './analytics/figures.js';
export { BatchingRecorder, type BatchLimits } from './access-log/batching.recorder.js';
export { type BatchListener, RecordTap } from './access-log/record.tap.js';
export type { SpoolSettings } from './access-log/durable.access-log.js';
export type { RecordSink } from './access-log/record.sink.js';
export {
  type ApplicationLogger,
  type LogSettings,
  createApplicationLogger,
} from './application-log/application-logger.js';
export { APPLICATION_LOGGER } from './application-log/application-logger.token.js';
export type { VelocityLogger } from './application-log/velocity.logger.js';
export { AuditLogRecorder } from './audit-log/audit-log.recorder.js';
export type { AuditEntry } from './audit-log/audit.entry.js';
export { HealthLogRecorder } from './health-log/health-log.recorder.js';
export {
  ACCESS_LOG_STORE,
  type AccessLogFilter,
  type AccessLogStore,
  AUDIT_LOG_STORE,
  type AuditLogFilter,
  type AuditLogStore,
  HEALTH_LOG_STORE,
  type HealthLogFilter,
  type HealthLogStore,
  type LogPage,
  type PageRequest,
  SCALING_LOG_STORE,
  type ScalingLogFilter,
  type ScalingLogStore,
} from './log-stores.js';
export { LogQueryService } from './queries/log-query.service.js';
export { ScalingLogRecorder } from './scaling-log/scaling-log.recorder.js';
export { readTime } from './queries/log.time.js';
export { LogStoreThread, type LogStoreThreadOptions } from './thread/log-store.thread.js';
export type { RecordAppender, ShipperOptions, ShipperStats } from './shipping/record.shipper.js';
