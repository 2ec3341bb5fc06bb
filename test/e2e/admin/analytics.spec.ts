import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessLogRecord } from '../../../src/common/contract/index.js';
import type {
  AnalyticsComparison,
  AnalyticsDrops,
  AnalyticsLatency,
  AnalyticsSummary,
  AnalyticsTimeseries,
  AnalyticsTop,
} from '../../../src/modules/admin/resources/analytics.resource.js';
import { RandomRecords } from '../../support/random-records.js';
import { AdminApplication, type ApiAnswer } from './admin.application.js';
import { ApiDocument } from './api.document.js';

const MINUTE = 60_000;
/** A whole day begins here. */
const START = Date.UTC(2026, 0, 10);
const RANGE = `from=${START}&to=${START + 60 * MINUTE}`;

/** An hour: each minute 10 exchanges, of these one error and one drop; the hour before it half as many. */
const BACKENDS = ['00000000000000a0', '00000000000000a1'] as const;

function records(): AccessLogRecord[] {
  const random = new RandomRecords(20_260_104);
  const made: AccessLogRecord[] = [];
  for (let minute = -60; minute < 60; minute++) {
    for (let index = 0; index < (minute < 0 ? 5 : 10); index++) {
      const isDrop = index === 0;
      made.push({
        ...random.record(),
        time: START + minute * MINUTE + index * 100,
        service: index < 5 ? 'shop' : 'search',
        status: isDrop ? 503 : index === 1 ? 500 : 200,
        dropReason: isDrop ? 'no_backend' : null,
        backend: isDrop ? null : BACKENDS[index % 2]!,
        path: index === 2 ? '=HYPERLINK("http://evil")' : `/p/${index % 3}`,
        client: `192.0.2.${index}`,
        attempts: [],
        bytesIn: 10,
        bytesOut: 100,
        totalUs: (index + 1) * 1_000,
      });
    }
  }
  return made;
}

let admin: AdminApplication;
let documented: ApiDocument;
beforeAll(async () => {
  admin = await AdminApplication.start({}, undefined, records());
  documented = await ApiDocument.of(admin);
});
afterAll(() => admin.stop());

async function ask(view: string, query: string, headers = {}): Promise<ApiAnswer> {
  const answer = await admin.call('GET', `/api/v1/analytics/${view}?${query}`, { headers });
  documented.check(answer, 'get', `/api/v1/analytics/${view}`);
  return answer;
}

async function body<T>(view: string, query: string): Promise<T> {
  const answer = await ask(view, query);
  expect(answer.status, answer.text).toBe(200);
  return answer.body as T;
}

describe('a summary', () => {
  it('sums up the range, and says what was asked', async () => {
    const { total, query, source, link } = await body<AnalyticsSummary>('summary', RANGE);
    expect(total).toMatchObject({ requests: 600, errors: 60, drops: 60, bytesIn: 6_000, errorShare: 0.1 });
    expect(total.requestsPerSecond).toBeCloseTo(600 / 3_600, 2);
    expect(total.meanUs).toBe(5_500);
    expect(Object.keys(total.percentilesUs)).toEqual(['50', '90', '99']);
    expect(query).toEqual({ from: START, to: START + 60 * MINUTE, percentiles: '50,90,99' });
    expect(source).toBe('rollups');
    const again = await admin.call('GET', link);
    expect(again.body).toMatchObject({ total, query, link });
  });

  it('is narrowed by each filter', async () => {
    const requests = async (filter: string) =>
      (await body<AnalyticsSummary>('summary', `${RANGE}&${filter}`)).total.requests;
    expect(await requests('service=shop')).toBe(300);
    expect(await requests('status=5xx')).toBe(120);
    expect(await requests('status=500')).toBe(60);
    expect(await requests('dropReason=no_backend')).toBe(60);
    expect(await requests('dropped=false')).toBe(540);
    expect(await requests('path=/p/0')).toBe(240);
    expect(await requests('client=192.0.2.3')).toBe(60);
    expect(await requests('service=nobody')).toBe(0);
  });

  it('takes percentiles from one histogram, not from others', async () => {
    const { total } = await body<AnalyticsSummary>('summary', `${RANGE}&percentiles=10,50,99.9`);
    // A bucket is a quarter wide at most.
    expect(total.percentilesUs['50']).toBeGreaterThan(3_900);
    expect(total.percentilesUs['50']).toBeLessThan(6_300);
    expect(total.percentilesUs['99.9']).toBeGreaterThan(8_000);
    expect(Object.keys(total.percentilesUs)).toEqual(['10', '50', '99.9']);
  });
});

describe('what happened over time', () => {
  it('has a point for each step, also where there was nothing', async () => {
    const range = `from=${START - 60 * MINUTE}&to=${START + 120 * MINUTE}`;
    const { series, query } = await body<AnalyticsTimeseries>('timeseries', `${range}&step=30m`);
    expect(series).toHaveLength(1);
    expect(series[0]!.points.map(({ start, requests }) => [(start - START) / MINUTE, requests])).toEqual([
      [-60, 150],
      [-30, 150],
      [0, 300],
      [30, 300],
      [60, 0],
      [90, 0],
    ]);
    expect(query.step).toBe('30m');
  });

  it('is told apart by groups, the rest as one', async () => {
    const { series } = await body<AnalyticsTimeseries>(
      'timeseries',
      `${RANGE}&step=1h&groupBy=path&limit=2&percentiles=off`,
    );
    expect(series.map(({ key, isRest, points }) => [key, isRest, points[0]!.requests])).toEqual([
      ['/p/0', false, 240],
      ['/p/1', false, 180],
      ['', true, 180],
    ]);
    expect(series[0]!.points[0]!.percentilesUs).toEqual({});
  });

  it('chooses a step that fits the range', async () => {
    const step = async (from: string) =>
      (await body<AnalyticsTimeseries>('timeseries', `from=${from}`)).query.step;
    expect(await Promise.all(['-15m', '-1h', '-24h', '-7d', '-30d'].map(step))).toEqual([
      '1m',
      '1m',
      '15m',
      '2h',
      '6h',
    ]);
  });
});

describe('the groups with the most', () => {
  it('are ordered as asked', async () => {
    const { groups, total } = await body<AnalyticsTop>('top', `${RANGE}&groupBy=service&order=errors`);
    expect(groups.map(({ key, requests, errors }) => [key, requests, errors])).toEqual([
      ['shop', 300, 60],
      ['search', 300, 0],
    ]);
    expect(total.requests).toBe(600);
  });
});

describe('latency', () => {
  it('is a histogram of all exchanges, with percentiles over time', async () => {
    const { histogram, points, total } = await body<AnalyticsLatency>('latency', `${RANGE}&step=30m`);
    expect(histogram.reduce((sum, { count }) => sum + count, 0)).toBe(600);
    for (const [index, { fromUs, toUs }] of histogram.entries()) {
      expect(fromUs).toBeLessThan(toUs);
      if (index > 0) expect(fromUs).toBe(histogram[index - 1]!.toUs);
    }
    expect(points.map(({ percentilesUs }) => percentilesUs)).toEqual([
      total.percentilesUs,
      total.percentilesUs,
    ]);
  });
});

describe('drops', () => {
  it('are told by reason', async () => {
    const { reasons, series, total } = await body<AnalyticsDrops>('drops', `${RANGE}&step=30m`);
    expect(reasons.map(({ key, drops }) => [key, drops])).toEqual([['no_backend', 60]]);
    expect(series[0]!.points.map(({ drops }) => drops)).toEqual([30, 30]);
    expect(total.drops).toBe(60);
  });
});

describe('a comparison', () => {
  it('puts the range beside the one before', async () => {
    const { total, groups, query } = await body<AnalyticsComparison>('compare', `${RANGE}&groupBy=service`);
    expect(query.baseline).toBe(START - 60 * MINUTE);
    expect([total.current, total.baseline, total.change].map(({ requests }) => requests)).toEqual([
      600, 300, 300,
    ]);
    expect(total.change.errorShare).toBeCloseTo(-0.1);
    const changes = groups.map(({ key, baseline, change }) => [key, baseline.requests, change.requests]);
    expect(changes.sort()).toEqual([
      ['search', 0, 300],
      ['shop', 300, 0],
    ]);
  });

  it('puts it beside another one', async () => {
    const { total } = await body<AnalyticsComparison>('compare', `${RANGE}&baseline=${START}`);
    expect(total.change.requests).toBe(0);
  });
});

describe('CSV', () => {
  it.each([
    ['format=csv', {}],
    ['percentiles=50', { accept: 'text/csv' }],
  ])('is answered with %s and %j', async (query, headers) => {
    const answer = await ask('top', `${RANGE}&groupBy=path&${query}`, headers);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const lines = answer.text.split('\r\n');
    expect(lines[0]).toMatch(/^key,isRest,requests,errors,drops,.*,meanUs,p50Us/);
    expect(lines.at(-1)).toBe('');
    expect(answer.text).toContain(`"'=HYPERLINK(""http://evil"")",false,60`);
  });

  it.each(['summary', 'timeseries', 'latency', 'drops', 'compare'])('is there of %s', async (view) => {
    const answer = await ask(view, `${RANGE}&format=csv`);
    const [head, first] = answer.text.split('\r\n');
    expect(first!.split(',')).toHaveLength(head!.split(',').length);
  });
});

describe('what makes no sense', () => {
  it('is refused, each parameter by its name and with the nearest', async () => {
    const answer = await ask('top', 'from=yesterday&grouby=path&status=abc&limit=0&percentiles=0&order=most');
    expect(answer.status).toBe(400);
    const { issues, code } = answer.body as { issues: { path: string }[]; code: string };
    expect(code).toBe('REQUEST_INVALID');
    expect(issues.map(({ path }) => path).sort()).toEqual([
      'from',
      'grouby',
      'limit',
      'order',
      'percentiles',
      'status',
    ]);
    expect(answer.text).toContain('did you mean \\"groupBy\\"?');
  });

  it.each([
    ['timeseries', `${RANGE}&step=7m`, 'REQUEST_INVALID', 'step'],
    ['timeseries', `${RANGE}&step=10s`, 'REQUEST_INVALID', 'step'],
    ['summary', `from=${START}&to=${START}`, 'REQUEST_INVALID', 'from'],
    ['summary', `${RANGE}&step=5m`, 'REQUEST_INVALID', 'step'],
    ['top', `${RANGE}&dropped=false&dropReason=no_backend`, 'REQUEST_INVALID', 'dropped'],
    ['top', `${RANGE}&format=xml`, 'REQUEST_INVALID', 'format'],
    ['timeseries', 'from=-3650d&step=1m', 'QUERY_TOO_LARGE', 'longer step'],
    ['timeseries', 'from=-7d&step=1h&groupBy=path&limit=1000', 'QUERY_TOO_LARGE', 'smaller limit'],
  ])('%s?%s: %s, which names %s', async (view, query, code, named) => {
    const answer = await ask(view, query);
    expect(answer.body).toMatchObject({ code });
    expect(answer.text).toContain(named);
  });
});
