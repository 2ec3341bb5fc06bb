import type { AnalyticsDimension, AnalyticsFilter, AnalyticsOrder } from './analytics-store.js';

/** What somebody asks of the past, with all that was left out filled in. Times are Unix milliseconds. */
export interface AnalyticsRequest {
  /** Inclusive, a whole minute. */
  readonly from: number;
  /** Exclusive, a whole minute. */
  readonly to: number;
  readonly filter: AnalyticsFilter;
  /** null: everything as one. */
  readonly groupBy: AnalyticsDimension | null;
  readonly stepMs: number;
  readonly limit: number;
  readonly order: AnalyticsOrder;
  /** Percent, such as 99.9; empty: none are wanted. */
  readonly percentiles: readonly number[];
  /** Start of the range that is compared with, as long as the other. */
  readonly baseline: number;
}

/** What can be asked. */
export const ANALYTICS_VIEWS = ['summary', 'timeseries', 'top', 'latency', 'drops', 'compare'] as const;
export type AnalyticsView = (typeof ANALYTICS_VIEWS)[number];
