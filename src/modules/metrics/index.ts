export { MetricsRegistry } from './metrics.registry.js';
export { METRICS_SOURCE, type MetricsSource, type RecordFlow, type ReloadOutcome } from './metrics.source.js';
