import type { AnalyticsAnswer, AnalyticsQuery, AnalyticsRow, AnalyticsStore } from './analytics-store.js';
import type { AnalyticsRequest } from './analytics.request.js';
import { type Figures, figuresOf, type HistogramBucket, histogramOf } from './figures.js';
import { addSums, emptySums } from './rollup.sums.js';

export type AnalyticsSource = AnalyticsAnswer['source'];

/** A group of exchanges. */
export interface GroupFigures extends Figures {
  /** Value of the dimension; empty: none, and for the rest. */
  key: string;
  /** All groups beyond the limit, and what is not kept by name. */
  isRest: boolean;
}

/** A stretch of time. */
export interface PointFigures extends Figures {
  /** Unix milliseconds. */
  start: number;
}

export interface SeriesFigures {
  key: string;
  isRest: boolean;
  points: PointFigures[];
}

/** What is in only one of two ranges has zeros in the other. */
export interface ComparedGroup {
  key: string;
  isRest: boolean;
  current: Figures;
  baseline: Figures;
  /** Current minus baseline. */
  change: Figures;
}

type Sourced<T> = T & { source: AnalyticsSource };
/** A baseline's groups are found among so many: those that lead now need not have led then. */
const BASELINE_GROUPS = 1_000;

/** Answers what is asked of the past. Rejects as the store does: STORE_UNAVAILABLE and QUERY_TOO_LARGE. */
export class AnalyticsService {
  constructor(private readonly store: AnalyticsStore) {}

  /** One sum over the whole range. */
  async summary(request: AnalyticsRequest): Promise<Sourced<{ total: Figures }>> {
    const { rows, source } = await this.ask(request, { groupBy: null, stepMs: null });
    return { source, total: figuresOf(sumOf(rows), request.percentiles, secondsOf(request)) };
  }

  /** For each group a point for each step, also where there was nothing. */
  async timeseries(request: AnalyticsRequest): Promise<Sourced<{ series: SeriesFigures[] }>> {
    const { rows, source } = await this.ask(request, {});
    return { source, series: seriesOf(rows, request) };
  }

  /** The groups with the most, and the rest as one. */
  async top(request: AnalyticsRequest): Promise<Sourced<{ groups: GroupFigures[]; total: Figures }>> {
    const { rows, source } = await this.ask(request, { stepMs: null });
    const { percentiles } = request;
    const seconds = secondsOf(request);
    const groups = rows.map((row) => ({
      key: row.key,
      isRest: row.isRest,
      ...figuresOf(row, percentiles, seconds),
    }));
    return { source, groups, total: figuresOf(sumOf(rows), percentiles, seconds) };
  }

  /** How long exchanges took: as a histogram, and its percentiles over time. */
  async latency(
    request: AnalyticsRequest,
  ): Promise<Sourced<{ total: Figures; histogram: HistogramBucket[]; points: PointFigures[] }>> {
    const { rows, source } = await this.ask(request, { groupBy: null, latency: true });
    const sums = sumOf(rows);
    const [series] = seriesOf(rows, { ...request, groupBy: null });
    return {
      source,
      total: figuresOf(sums, request.percentiles, secondsOf(request)),
      histogram: histogramOf(sums.latency),
      points: series?.points ?? [],
    };
  }

  /** What the balancer itself ended, by reason, in all and over time. */
  async drops(
    request: AnalyticsRequest,
  ): Promise<Sourced<{ total: Figures; reasons: GroupFigures[]; series: SeriesFigures[] }>> {
    const filter = { ...request.filter, dropped: true };
    const { rows, source } = await this.ask(request, { filter });
    const byKey = Map.groupBy(rows, placeOf);
    const seconds = secondsOf(request);
    const reasons = [...byKey.values()].map((same) => ({
      key: same[0]!.key,
      isRest: same[0]!.isRest,
      ...figuresOf(sumOf(same), [], seconds),
    }));
    reasons.sort((a, b) => Number(a.isRest) - Number(b.isRest) || b.drops - a.drops);
    return { source, total: figuresOf(sumOf(rows), [], seconds), reasons, series: seriesOf(rows, request) };
  }

  /** The range beside another one of the same length. */
  async compare(
    request: AnalyticsRequest,
  ): Promise<Sourced<{ groups: ComparedGroup[]; total: ComparedGroup }>> {
    const length = request.to - request.from;
    const [now, before] = await Promise.all([
      this.ask(request, { stepMs: null }),
      this.ask(
        { ...request, from: request.baseline, to: request.baseline + length, limit: BASELINE_GROUPS },
        { stepMs: null },
      ),
    ]);
    const compared = (current: readonly AnalyticsRow[], baseline: readonly AnalyticsRow[]) =>
      comparison(current, baseline, request);
    const named = new Set(now.rows.filter(({ isRest }) => !isRest).map(({ key }) => key));
    const groups = now.rows
      .filter(({ isRest }) => !isRest)
      .map((row) =>
        compared(
          [row],
          before.rows.filter(({ key, isRest }) => !isRest && key === row.key),
        ),
      );
    const restNow = now.rows.filter(({ isRest }) => isRest);
    const restBefore = before.rows.filter(({ key, isRest }) => isRest || !named.has(key));
    if (restNow.length + restBefore.length > 0)
      groups.push({ ...compared(restNow, restBefore), isRest: true });
    const source = now.source === 'records' ? 'records' : before.source;
    return { source, groups, total: compared(now.rows, before.rows) };
  }

  private ask(request: AnalyticsRequest, overrides: Partial<AnalyticsQuery>): Promise<AnalyticsAnswer> {
    const { from, to, filter, groupBy, stepMs, limit, order, percentiles } = request;
    const latency = percentiles.length > 0;
    return this.store.analyze({ from, to, filter, groupBy, stepMs, limit, order, latency, ...overrides });
  }
}

/** How long the range is, as far as it is over. */
function secondsOf({ from, to }: { readonly from: number; readonly to: number }): number {
  return Math.max(0, Math.min(to, Date.now()) - from) / 1_000;
}

function sumOf(rows: readonly AnalyticsRow[]) {
  const sums = emptySums();
  for (const row of rows) addSums(sums, row);
  return sums;
}

function placeOf({ key, isRest }: AnalyticsRow): string {
  return isRest ? '' : `.${key}`;
}

/** In the order of the store; without groups one series, also when there was nothing. */
function seriesOf(rows: readonly AnalyticsRow[], request: AnalyticsRequest): SeriesFigures[] {
  const { from, to, stepMs, groupBy, percentiles } = request;
  const starts: number[] = [];
  for (let start = Math.floor(from / stepMs) * stepMs; start < to; start += stepMs) starts.push(start);
  const groups = [...Map.groupBy(rows, placeOf).values()];
  if (groupBy === null && groups.length === 0) groups.push([]);
  return groups
    .map((same) => {
      const byStart = new Map(same.map((row) => [row.start, row]));
      const points = starts.map((start) => {
        const seconds = secondsOf({ from: Math.max(from, start), to: Math.min(to, start + stepMs) });
        return { start, ...figuresOf(byStart.get(start) ?? emptySums(), percentiles, seconds) };
      });
      return { key: same[0]?.key ?? '', isRest: same[0]?.isRest ?? false, points };
    })
    .sort((a, b) => Number(a.isRest) - Number(b.isRest));
}

function comparison(
  current: readonly AnalyticsRow[],
  baseline: readonly AnalyticsRow[],
  request: AnalyticsRequest,
): ComparedGroup {
  const { percentiles } = request;
  const seconds = secondsOf(request);
  const now = figuresOf(sumOf(current), percentiles, seconds);
  const length = (request.to - request.from) / 1_000;
  const before = figuresOf(sumOf(baseline), percentiles, length);
  return {
    key: current[0]?.key ?? '',
    isRest: false,
    current: now,
    baseline: before,
    change: less(now, before),
  };
}

function less(now: Figures, before: Figures): Figures {
  const difference = (name: Exclude<keyof Figures, 'percentilesUs'>) =>
    Math.round((now[name] - before[name]) * 1_000_000) / 1_000_000;
  return {
    requests: difference('requests'),
    errors: difference('errors'),
    drops: difference('drops'),
    retries: difference('retries'),
    bytesIn: difference('bytesIn'),
    bytesOut: difference('bytesOut'),
    requestsPerSecond: difference('requestsPerSecond'),
    errorShare: difference('errorShare'),
    dropShare: difference('dropShare'),
    meanUs: difference('meanUs'),
    percentilesUs: Object.fromEntries(
      Object.keys(now.percentilesUs).map((percent) => [
        percent,
        now.percentilesUs[percent]! - before.percentilesUs[percent]!,
      ]),
    ),
  };
}
