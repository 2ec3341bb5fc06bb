export { CounterWindow } from './counter.window.js';
export { LoadSamples } from './load.samples.js';
export { type Exposition, MetricsRegistry } from './metrics.registry.js';
export {
  METRICS_SOURCE,
  type MetricsSource,
  type RecordFlow,
  type ReloadOutcome,
  type SourceCondition,
  type ScalingFigures,
  type SpoolCondition,
  type StoreCondition,
} from './metrics.source.js';
export { ServiceCounters } from './service.counters.js';
export type { SeriesLimits } from './traffic.series.js';
export { WorkerSums } from './worker.sums.js';
