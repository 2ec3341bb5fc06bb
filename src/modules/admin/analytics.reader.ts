import { Injectable } from '@nestjs/common';
import { formatDuration } from '../../common/config/index.js';
import { type AnalyticsRequest, type AnalyticsView, parseAnalyticsQuery } from '../logging/index.js';
import { type Answered, type Found, TABLES } from './analytics.tables.js';
import { TabularAnswer } from './http/csv.interceptor.js';
import { AnalyticsPort } from './ports.js';
import type { RawQuery } from './query.reader.js';
import type { AnalyticsQueryResource } from './resources/analytics.resource.js';

/** What of a request each view takes, beside range and filters. */
const TAKEN: Readonly<Record<AnalyticsView, readonly (keyof AnalyticsQueryResource)[]>> = {
  summary: ['percentiles'],
  timeseries: ['groupBy', 'step', 'limit', 'order', 'percentiles'],
  top: ['groupBy', 'limit', 'order', 'percentiles'],
  latency: ['step', 'percentiles'],
  drops: ['step', 'limit'],
  compare: ['groupBy', 'limit', 'order', 'percentiles', 'baseline'],
};

type Questions = { readonly [V in AnalyticsView]: (request: AnalyticsRequest) => Promise<Found[V]> };

/** Answers questions on the past, each with what was asked and the link that asks it again. */
@Injectable()
export class AnalyticsReader {
  private readonly questions: Questions;

  constructor(analytics: AnalyticsPort) {
    this.questions = analytics;
  }

  async answer<V extends AnalyticsView>(view: V, raw: RawQuery): Promise<TabularAnswer<Answered<V>>> {
    // How the answer is written is no part of the question.
    const question = Object.fromEntries(Object.entries(raw).filter(([name]) => name !== 'format'));
    const request = parseAnalyticsQuery(view, question);
    const query = queryOf(view, request);
    const body = { query, link: linkOf(view, query), ...(await this.questions[view](request)) };
    return new TabularAnswer(body, TABLES[view](body));
  }
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
