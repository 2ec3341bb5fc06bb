import type { DropReason } from '../../../common/contract/index.js';
import type { RollupSums } from './rollup.js';

/** By what an answer can be told apart. */
export const ANALYTICS_DIMENSIONS = [
  'service',
  'backend',
  'status',
  'statusClass',
  'dropReason',
  'path',
  'client',
] as const;
export type AnalyticsDimension = (typeof ANALYTICS_DIMENSIONS)[number];

/** By what groups are ordered, the most first. */
export const ANALYTICS_ORDERS = ['requests', 'errors', 'drops', 'retries', 'bytesIn', 'bytesOut'] as const;
export type AnalyticsOrder = (typeof ANALYTICS_ORDERS)[number];

/** Every field narrows the answer; an absent one does not. */
export interface AnalyticsFilter {
  readonly service?: string;
  /** Id. */
  readonly backend?: string;
  readonly status?: number;
  /** 1 to 5. */
  readonly statusClass?: number;
  readonly dropReason?: DropReason;
  /** true: drops only, false: forwards only. */
  readonly dropped?: boolean;
  /** The whole path, without the query. */
  readonly path?: string;
  readonly client?: string;
}

export interface AnalyticsQuery {
  /** Unix milliseconds, inclusive. Roll-ups answer whole minutes: the range is widened to them. */
  readonly from: number;
  /** Unix milliseconds, exclusive. */
  readonly to: number;
  readonly filter: AnalyticsFilter;
  /** null: one group. */
  readonly groupBy: AnalyticsDimension | null;
  /** Length of a time bucket in milliseconds, a multiple of a minute that divides a day, or of a day; null: one bucket. */
  readonly stepMs: number | null;
  /** Whether `latency` is wanted: it is the dearest part. */
  readonly latency: boolean;
  /** With `groupBy`: only the first so many groups over the whole range, 1 to 1000; the rest is summed up in one row. */
  readonly limit: number;
  readonly order: AnalyticsOrder;
}

export interface AnalyticsRow extends RollupSums {
  /** When its time bucket starts; the start of the range without `stepMs`. Buckets without any exchange have no row. */
  readonly start: number;
  /** Value of the dimension; empty: none (no service, no reason). Without `groupBy` empty. */
  readonly key: string;
  /** All groups beyond `limit`, and what the roll-ups do not keep by name. */
  readonly isRest: boolean;
}

export interface AnalyticsAnswer {
  /** By start, then in the order of the groups. */
  readonly rows: readonly AnalyticsRow[];
  /** What was read: roll-ups, or the records themselves where no cube has all the dimensions that are asked for. */
  readonly source: 'rollups' | 'records';
}

/**
 * Sums over the access log. Rejects with STORE_UNAVAILABLE when the store is away, and with QUERY_TOO_LARGE (what to narrow
 * is in the message) when only the records could answer and they are too many: time and memory are bounded.
 */
export interface AnalyticsStore {
  analyze(query: AnalyticsQuery): Promise<AnalyticsAnswer>;
}

/** Injection token of the port. */
export const ANALYTICS_STORE = Symbol('AnalyticsStore');
