import { z } from 'zod';
import { DROP_REASON_NAMES } from '../../../common/contract/index.js';
import { ANALYTICS_DIMENSIONS, ANALYTICS_ORDERS } from '../../logging/index.js';
import { timeSchema } from './time.resource.js';

const figures = {
  requests: z.number().meta({ description: 'Exchanges, forwarded or dropped.' }),
  errors: z.number().meta({ description: 'Forwards that a backend answered with 500 or more.' }),
  drops: z.number().meta({ description: 'Exchanges that the balancer ended itself.' }),
  retries: z.number().meta({ description: 'Attempts beyond the first of an exchange.' }),
  bytesIn: z.number().meta({ description: 'Body bytes from clients.' }),
  bytesOut: z.number().meta({ description: 'Body bytes to clients.' }),
  requestsPerSecond: z.number().meta({ description: 'Over the time that has passed.' }),
  errorShare: z.number().meta({ description: 'Of the requests, 0 to 1.' }),
  dropShare: z.number().meta({ description: 'Of the requests, 0 to 1.' }),
  meanUs: z.number().meta({ description: 'Microseconds; 0: none is known.' }),
  percentilesUs: z.record(z.string(), z.number()).meta({
    description: 'By percent, microseconds; from merged histograms with four buckets per doubling.',
  }),
};
const figuresSchema = z.strictObject(figures).meta({
  id: 'Figures',
  description: 'Some exchanges, summed up. Upgraded connections (101) have no latency.',
});
const place = {
  key: z.string().meta({ description: 'Value of the dimension; empty: none, and for the rest.' }),
  isRest: z.boolean().meta({ description: 'All groups beyond the limit, and what is not kept by name.' }),
};
const groupSchema = z.strictObject({ ...place, ...figures }).meta({ id: 'FiguresOfGroup' });
const pointSchema = z
  .strictObject({ start: timeSchema, ...figures })
  .meta({ id: 'FiguresOfTime', description: 'From its start for one step.' });
const seriesSchema = z
  .strictObject({ ...place, points: z.array(pointSchema) })
  .meta({ id: 'FiguresOverTime', description: 'A point for each step of the range.' });

const querySchema = z
  .strictObject({
    from: timeSchema,
    to: timeSchema,
    service: z.string().optional(),
    backend: z.string().optional(),
    status: z.string().optional(),
    dropReason: z.enum(DROP_REASON_NAMES).optional(),
    dropped: z.boolean().optional(),
    path: z.string().optional(),
    client: z.string().optional(),
    groupBy: z.enum(ANALYTICS_DIMENSIONS).optional(),
    step: z.string().optional(),
    limit: z.int().optional(),
    order: z.enum(ANALYTICS_ORDERS).optional(),
    percentiles: z.string().optional(),
    baseline: timeSchema.optional(),
  })
  .meta({
    id: 'AnalyticsQuery',
    description: 'What was asked, with everything that was left out filled in.',
  });

const common = {
  query: querySchema,
  link: z.string().meta({ description: 'Path and query that ask the same again, at any time.' }),
  source: z.enum(['rollups', 'records']).meta({
    description: 'What was read: sums, or the records themselves where no sums tell the dimensions apart.',
  }),
};

const histogramSchema = z
  .array(z.strictObject({ fromUs: z.int(), toUs: z.int(), count: z.int() }))
  .meta({ id: 'LatencyHistogram', description: 'Buckets from the first to the last that has anything.' });

const comparedSchema = z
  .strictObject({
    ...place,
    current: figuresSchema,
    baseline: figuresSchema,
    change: figuresSchema.meta({ description: 'Current minus baseline.' }),
  })
  .meta({ id: 'FiguresCompared' });

export const summarySchema = z
  .strictObject({ ...common, total: figuresSchema })
  .meta({ id: 'AnalyticsSummary' });
export const timeseriesSchema = z
  .strictObject({ ...common, series: z.array(seriesSchema) })
  .meta({ id: 'AnalyticsTimeseries' });
export const topSchema = z
  .strictObject({ ...common, groups: z.array(groupSchema), total: figuresSchema })
  .meta({ id: 'AnalyticsTop' });
export const latencySchema = z
  .strictObject({ ...common, total: figuresSchema, histogram: histogramSchema, points: z.array(pointSchema) })
  .meta({ id: 'AnalyticsLatency' });
export const dropsSchema = z
  .strictObject({
    ...common,
    total: figuresSchema,
    reasons: z.array(groupSchema),
    series: z.array(seriesSchema),
  })
  .meta({ id: 'AnalyticsDrops' });
export const compareSchema = z
  .strictObject({ ...common, groups: z.array(comparedSchema), total: comparedSchema })
  .meta({ id: 'AnalyticsComparison' });

export type AnalyticsQueryResource = z.infer<typeof querySchema>;
export type AnalyticsSummary = z.infer<typeof summarySchema>;
export type AnalyticsTimeseries = z.infer<typeof timeseriesSchema>;
export type AnalyticsTop = z.infer<typeof topSchema>;
export type AnalyticsLatency = z.infer<typeof latencySchema>;
export type AnalyticsDrops = z.infer<typeof dropsSchema>;
export type AnalyticsComparison = z.infer<typeof compareSchema>;
