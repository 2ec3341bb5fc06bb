import { z } from 'zod';
import { DROP_REASON_NAMES } from '../../../common/contract/index.js';
import { VelocityError } from '../../../common/errors/index.js';
import { invalidQuery, parseQuery } from '../queries/log.query.js';
import {
  choiceField,
  clientField,
  flagField,
  limitField,
  pathPrefixField,
  readBy,
  statusField,
  textField,
  timeField,
} from '../queries/query.fields.js';
import { ANALYTICS_DIMENSIONS, ANALYTICS_ORDERS, type AnalyticsDimension } from './analytics-store.js';
import type { AnalyticsRequest, AnalyticsView } from './analytics.request.js';
import { readStep, stepFor } from './analytics.step.js';
import { wholeMinutes } from './range.pieces.js';

const DEFAULT_RANGE_MS = 3_600_000;
const DEFAULT_PERCENTILES = [50, 90, 99];
const MAX_PERCENTILES = 20;
/** Points of all series together. */
const MAX_POINTS = 20_000;

const DEFAULT_LIMIT = 10;

const stepField = readBy((text) => {
  if (text === 'auto') return { value: 0 };
  const step = readStep(text);
  return typeof step === 'number' ? { value: step } : { problem: step };
});

const percentilesField = readBy((text) => {
  if (text === 'off') return { value: [] };
  const values = text.split(',').map((part) => (/^\d{1,2}(\.\d{1,3})?$|^100$/.test(part) ? Number(part) : 0));
  if (values.length > MAX_PERCENTILES) return { problem: `has more than ${MAX_PERCENTILES} values` };
  return values.every((value) => value > 0)
    ? { value: [...new Set(values)].sort((a, b) => a - b) }
    : { problem: `is "${text.slice(0, 64)}": give percents such as 50,90,99.9, or off` };
});

const rangeFields = { from: timeField, to: timeField };
const filterFields = {
  service: textField(256),
  backend: textField(64),
  status: statusField,
  dropReason: choiceField(DROP_REASON_NAMES),
  dropped: flagField,
  path: pathPrefixField,
  client: clientField,
};
const percentiles = percentilesField;
const groupFields = {
  groupBy: choiceField(ANALYTICS_DIMENSIONS),
  limit: limitField,
  order: choiceField(ANALYTICS_ORDERS),
};

/** Which parameters each view takes; others are refused with the nearest one. */
const SCHEMAS = {
  summary: z.strictObject({ ...rangeFields, ...filterFields, percentiles }),
  timeseries: z.strictObject({
    ...rangeFields,
    ...filterFields,
    percentiles,
    ...groupFields,
    step: stepField,
  }),
  top: z.strictObject({ ...rangeFields, ...filterFields, percentiles, ...groupFields }),
  latency: z.strictObject({ ...rangeFields, ...filterFields, percentiles, step: stepField }),
  drops: z.strictObject({ ...rangeFields, ...filterFields, limit: limitField, step: stepField }),
  compare: z.strictObject({
    ...rangeFields,
    ...filterFields,
    percentiles,
    ...groupFields,
    baseline: timeField,
  }),
} as const;

/** By what the views group when nothing is said. */
const DEFAULT_GROUPS: Readonly<Record<AnalyticsView, AnalyticsDimension | null>> = {
  summary: null,
  timeseries: null,
  top: 'path',
  latency: null,
  drops: 'dropReason',
  compare: null,
};

type Fields = z.output<typeof SCHEMAS.timeseries> & z.output<typeof SCHEMAS.compare>;

/** Throws REQUEST_INVALID with one issue per parameter at fault, and QUERY_TOO_LARGE with what to narrow. */
export function parseAnalyticsQuery(
  view: AnalyticsView,
  raw: Readonly<Record<string, unknown>>,
  nowMs = Date.now(),
): AnalyticsRequest {
  const fields = parseQuery(SCHEMAS[view], raw) as Partial<Fields>;
  const { status, service, backend, dropReason, dropped, path, client } = fields;
  if (dropped === false && (dropReason !== undefined || view === 'drops')) {
    throw invalidQuery([{ path: 'dropped', message: 'is false, but drops are asked for: leave it out' }]);
  }
  const range = rangeOf(fields, nowMs);
  const rangeMs = range.to - range.from;
  const filter = { service, backend, ...status, dropReason, dropped, path, client };
  const request: AnalyticsRequest = {
    ...range,
    filter: Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)),
    groupBy: fields.groupBy ?? DEFAULT_GROUPS[view],
    stepMs: fields.step || stepFor(rangeMs),
    limit: fields.limit ?? DEFAULT_LIMIT,
    order: fields.order ?? (view === 'drops' ? 'drops' : 'requests'),
    percentiles: view === 'drops' ? [] : (fields.percentiles ?? DEFAULT_PERCENTILES),
    baseline: baselineOf(fields.baseline, range),
  };
  checkPoints(view, request);
  return request;
}

function rangeOf({ from, to }: Partial<Fields>, nowMs: number): { from: number; to: number } {
  const end = to ?? nowMs;
  const start = from ?? end - DEFAULT_RANGE_MS;
  if (start >= end) {
    throw invalidQuery([{ path: 'from', message: 'is not before "to": the range is empty' }]);
  }
  return wholeMinutes({ from: Math.max(0, start), to: end });
}

function baselineOf(baseline: number | undefined, { from, to }: { from: number; to: number }): number {
  if (baseline === undefined) return Math.max(0, from - (to - from));
  return wholeMinutes({ from: baseline, to: baseline }).from;
}

function checkPoints(view: AnalyticsView, { from, to, stepMs, groupBy, limit }: AnalyticsRequest): void {
  if (view === 'summary' || view === 'top' || view === 'compare') return;
  const points = Math.ceil((to - from) / stepMs);
  const series = groupBy === null ? 1 : limit + 1;
  if (points * series <= MAX_POINTS) return;
  throw new VelocityError(
    'QUERY_TOO_LARGE',
    `The answer would have ${points} points for each of up to ${series} series, ${MAX_POINTS} in all are given: ask for a shorter range (from, to), a longer step${series > 1 ? ', or a smaller limit' : ''}.`,
  );
}
