export { MetricsRegistry } from './metrics.registry.js';
export {
  type AccessLogFlow,
  METRICS_SOURCE,
  type MetricsSource,
  type RecordFlow,
  type ReloadOutcome,
} from './metrics.source.js';
