import { Injectable } from '@nestjs/common';
import { formatDuration } from '../../common/config/index.js';
import { type AnalyticsRequest, type AnalyticsView, parseAnalyticsQuery } from '../logging/index.js';
import { TABLES } from './analytics.tables.js';
import { TabularAnswer } from './http/csv.interceptor.js';
import { AnalyticsPort } from './ports.js';
import type { RawQuery } from './query.reader.js';
import type {
  AnalyticsComparison,
  AnalyticsDrops,
  AnalyticsLatency,
  AnalyticsQueryResource,
  AnalyticsSummary,
  AnalyticsTimeseries,
  AnalyticsTop,
} from './resources/analytics.resource.js';

/** What of a request each view takes, beside range and filters. */
const TAKEN: Readonly<Record<AnalyticsView, readonly (keyof AnalyticsQueryResource)[]>> = {
  summary: ['percentiles'],
  timeseries: ['groupBy', 'step', 'limit', 'order', 'percentiles'],
  top: ['groupBy', 'limit', 'order', 'percentiles'],
  latency: ['step', 'percentiles'],
  drops: ['step', 'limit'],
  compare: ['groupBy', 'limit', 'order', 'percentiles', 'baseline'],
};

/** Answers questions on the past, each with what was asked and the link that asks it again. */
@Injectable()
export class AnalyticsReader {
  constructor(private readonly analytics: AnalyticsPort) {}

  async summary(raw: RawQuery): Promise<TabularAnswer<AnalyticsSummary>> {
    const { request, asked } = read('summary', raw);
    const body = { ...asked, ...(await this.analytics.summary(request)) };
    return new TabularAnswer(body, TABLES.summary(body));
  }

  async timeseries(raw: RawQuery): Promise<TabularAnswer<AnalyticsTimeseries>> {
    const { request, asked } = read('timeseries', raw);
    const body = { ...asked, ...(await this.analytics.timeseries(request)) };
    return new TabularAnswer(body, TABLES.timeseries(body));
  }

  async top(raw: RawQuery): Promise<TabularAnswer<AnalyticsTop>> {
    const { request, asked } = read('top', raw);
    const body = { ...asked, ...(await this.analytics.top(request)) };
    return new TabularAnswer(body, TABLES.top(body));
  }

  async latency(raw: RawQuery): Promise<TabularAnswer<AnalyticsLatency>> {
    const { request, asked } = read('latency', raw);
    const body = { ...asked, ...(await this.analytics.latency(request)) };
    return new TabularAnswer(body, TABLES.latency(body));
  }

  async drops(raw: RawQuery): Promise<TabularAnswer<AnalyticsDrops>> {
    const { request, asked } = read('drops', raw);
    const body = { ...asked, ...(await this.analytics.drops(request)) };
    return new TabularAnswer(body, TABLES.drops(body));
  }

  async compare(raw: RawQuery): Promise<TabularAnswer<AnalyticsComparison>> {
    const { request, asked } = read('compare', raw);
    const body = { ...asked, ...(await this.analytics.compare(request)) };
    return new TabularAnswer(body, TABLES.compare(body));
  }
}

function read(view: AnalyticsView, raw: RawQuery) {
  // How the answer is written is no part of the question.
  const question = Object.fromEntries(Object.entries(raw).filter(([name]) => name !== 'format'));
  const request = parseAnalyticsQuery(view, question);
  const query = queryOf(view, request);
  return { request, asked: { query, link: linkOf(view, query) } };
}

function queryOf(view: AnalyticsView, request: AnalyticsRequest): AnalyticsQueryResource {
  const { from, to, filter, groupBy, limit, order, percentiles, baseline, stepMs } = request;
  const { status, statusClass, ...rest } = filter;
  const wanted = statusClass === undefined ? status?.toString() : `${statusClass}xx`;
  const isGrouped = groupBy !== null;
  const choices: Partial<AnalyticsQueryResource> = {
    groupBy: groupBy ?? undefined,
    step: formatDuration(stepMs),
    limit: isGrouped ? limit : undefined,
    order: isGrouped ? order : undefined,
    percentiles: percentiles.join(',') || 'off',
    baseline,
  };
  const taken = TAKEN[view].map((name) => [name, choices[name]] as const);
  const known = Object.entries({ ...rest, status: wanted, ...Object.fromEntries(taken) });
  return { from, to, ...Object.fromEntries(known.filter(([, value]) => value !== undefined)) };
}

/** Times as ISO 8601: a number that is small would be taken for seconds. */
function linkOf(view: AnalyticsView, query: AnalyticsQueryResource): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const isTime = name === 'from' || name === 'to' || name === 'baseline';
    parameters.set(name, isTime ? new Date(Number(value)).toISOString() : String(value));
  }
  return `/api/v1/analytics/${view}?${parameters}`;
}
