import { Controller, Get, Query, UseInterceptors } from '@nestjs/common';
import { AnalyticsReader } from '../analytics.reader.js';
import { CsvInterceptor } from '../http/csv.interceptor.js';
import { ANALYTICS_QUERIES } from '../openapi/analytics-parameters.js';
import { Described } from '../openapi/described.decorator.js';
import type { RawQuery } from '../query.reader.js';

const ERRORS = ['STORE_UNAVAILABLE', 'QUERY_TOO_LARGE'] as const;
const MEDIA_TYPES = ['application/json', 'text/csv'] as const;

@Controller('api/v1/analytics')
@UseInterceptors(CsvInterceptor)
export class AnalyticsController {
  constructor(private readonly reader: AnalyticsReader) {}

  @Get('summary')
  @Described({
    summary: 'What happened in a range, in one sum',
    query: ANALYTICS_QUERIES.summary,
    answer: 'AnalyticsSummary',
    mediaTypes: MEDIA_TYPES,
    errors: ERRORS,
  })
  summary(@Query() query: RawQuery) {
    return this.reader.answer('summary', query);
  }

  @Get('timeseries')
  @Described({
    summary: 'What happened, over time',
    description: 'For each group a point for each step, also where there was nothing.',
    query: ANALYTICS_QUERIES.timeseries,
    answer: 'AnalyticsTimeseries',
    mediaTypes: MEDIA_TYPES,
    errors: ERRORS,
  })
  timeseries(@Query() query: RawQuery) {
    return this.reader.answer('timeseries', query);
  }

  @Get('top')
  @Described({
    summary: 'The groups with the most',
    query: ANALYTICS_QUERIES.top,
    answer: 'AnalyticsTop',
    mediaTypes: MEDIA_TYPES,
    errors: ERRORS,
  })
  top(@Query() query: RawQuery) {
    return this.reader.answer('top', query);
  }

  @Get('latency')
  @Described({
    summary: 'How long exchanges took: a histogram, and percentiles over time',
    description: 'As CSV the histogram.',
    query: ANALYTICS_QUERIES.latency,
    answer: 'AnalyticsLatency',
    mediaTypes: MEDIA_TYPES,
    errors: ERRORS,
  })
  latency(@Query() query: RawQuery) {
    return this.reader.answer('latency', query);
  }

  @Get('drops')
  @Described({
    summary: 'What the balancer itself ended, by reason, in all and over time',
    description: 'As CSV the reasons.',
    query: ANALYTICS_QUERIES.drops,
    answer: 'AnalyticsDrops',
    mediaTypes: MEDIA_TYPES,
    errors: ERRORS,
  })
  drops(@Query() query: RawQuery) {
    return this.reader.answer('drops', query);
  }

  @Get('compare')
  @Described({
    summary: 'A range beside the one before it, or beside another one',
    query: ANALYTICS_QUERIES.compare,
    answer: 'AnalyticsComparison',
    mediaTypes: MEDIA_TYPES,
    errors: ERRORS,
  })
  compare(@Query() query: RawQuery) {
    return this.reader.answer('compare', query);
  }
}
