import type { AnalyticsView, Figures } from '../logging/index.js';
import type { Cell, Table } from './http/csv.js';
import type { AnalyticsPort } from './ports.js';
import type {
  AnalyticsComparison,
  AnalyticsDrops,
  AnalyticsLatency,
  AnalyticsQueryResource,
  AnalyticsSummary,
  AnalyticsTimeseries,
  AnalyticsTop,
} from './resources/analytics.resource.js';

/** What is found, by view. */
export type Found = { readonly [V in AnalyticsView]: Awaited<ReturnType<AnalyticsPort[V]>> };
/** The same with what was asked. */
export type Answered<V extends AnalyticsView> = Found[V] & {
  readonly query: AnalyticsQueryResource;
  readonly link: string;
};

const SUMS = [
  'requests',
  'errors',
  'drops',
  'retries',
  'bytesIn',
  'bytesOut',
  'requestsPerSecond',
  'errorShare',
  'dropShare',
  'meanUs',
] as const;

/** Titles of {@link figureCells}: percentiles as `p99Us`. */
function figureColumns(figures: Figures | undefined, prefix = ''): string[] {
  const percents = Object.keys(figures?.percentilesUs ?? {}).map((percent) => `p${percent}Us`);
  return [...SUMS, ...percents].map((name) => `${prefix}${name}`);
}

function figureCells(figures: Figures): Cell[] {
  return [...SUMS.map((name) => figures[name]), ...Object.values(figures.percentilesUs)];
}

const isoOf = (time: number) => new Date(time).toISOString();

/** What each answer has of it in a table. */
export const TABLES: { readonly [V in AnalyticsView]: (answer: Answered<V>) => Table } = {
  summary: ({ query, total }: AnalyticsSummary): Table => ({
    columns: ['from', 'to', ...figureColumns(total)],
    rows: [[isoOf(query.from), isoOf(query.to), ...figureCells(total)]],
  }),
  timeseries: ({ series }: AnalyticsTimeseries): Table => ({
    columns: ['start', 'key', 'isRest', ...figureColumns(series[0]?.points[0])],
    rows: series.flatMap(({ key, isRest, points }) =>
      points.map((point): Cell[] => [isoOf(point.start), key, isRest, ...figureCells(point)]),
    ),
  }),
  top: ({ groups, total }: AnalyticsTop): Table => ({
    columns: ['key', 'isRest', ...figureColumns(total)],
    rows: groups.map((group): Cell[] => [group.key, group.isRest, ...figureCells(group)]),
  }),
  latency: ({ histogram }: AnalyticsLatency): Table => ({
    columns: ['fromUs', 'toUs', 'count'],
    rows: histogram.map(({ fromUs, toUs, count }) => [fromUs, toUs, count]),
  }),
  drops: ({ reasons, total }: AnalyticsDrops): Table => ({
    columns: ['reason', 'isRest', ...figureColumns(total)],
    rows: reasons.map((reason): Cell[] => [reason.key, reason.isRest, ...figureCells(reason)]),
  }),
  compare: ({ groups, total }: AnalyticsComparison): Table => ({
    columns: [
      'key',
      'isRest',
      ...(['current.', 'baseline.', 'change.'] as const).flatMap((prefix) =>
        figureColumns(total.current, prefix),
      ),
    ],
    rows: groups.map(({ key, isRest, current, baseline, change }): Cell[] => [
      key,
      isRest,
      ...figureCells(current),
      ...figureCells(baseline),
      ...figureCells(change),
    ]),
  }),
};
