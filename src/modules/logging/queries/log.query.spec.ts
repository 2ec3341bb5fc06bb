import { describe, expect, it } from 'vitest';
import { isVelocityError, type VelocityError } from '../../../common/errors/index.js';
import type { AccessLogFilter, PageRequest } from '../log-stores.js';
import { LogQueryService } from './log-query.service.js';
import { parseAccessLogQuery, parseHealthLogQuery } from './log.query.js';

function refusal(parse: () => unknown): VelocityError {
  try {
    parse();
  } catch (error) {
    if (isVelocityError(error, 'REQUEST_INVALID')) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('accepts', () => {
  it('nothing: the newest hundred', () => {
    expect(parseAccessLogQuery({})).toEqual({ filter: {}, page: { limit: 100 } });
    expect(Object.keys(parseAccessLogQuery({}).filter)).toEqual([]);
  });

  it('every filter', () => {
    const query = parseAccessLogQuery({
      service: 'shop',
      backend: '00112233445566ff',
      status: '503',
      dropReason: 'no_backend',
      dropped: 'true',
      method: 'get',
      pathPrefix: '/api',
      client: '2001:DB8::1',
      requestId: 'r-1',
      from: '2026-05-01T12:00:00+02:00',
      to: '1790000000000',
      limit: '1000',
      cursor: 'eyJ0IjoxfQ',
    });
    expect(query).toEqual({
      filter: {
        service: 'shop',
        backend: '00112233445566ff',
        status: 503,
        dropReason: 'no_backend',
        dropped: true,
        method: 'GET',
        pathPrefix: '/api',
        client: '2001:db8::1',
        requestId: 'r-1',
        from: Date.UTC(2026, 4, 1, 10),
        to: 1_790_000_000_000,
      },
      page: { limit: 1_000, cursor: 'eyJ0IjoxfQ' },
    });
  });

  it.each([
    ['5xx', { statusClass: 5 }],
    ['4XX', { statusClass: 4 }],
    ['101', { status: 101 }],
  ])('status %s', (status, filter) => {
    expect(parseAccessLogQuery({ status }).filter).toEqual(filter);
  });

  it.each([
    ['-15m', 15 * 60_000],
    ['-250ms', 250],
    ['-2d', 2 * 86_400_000],
  ])('the time %s', (from, agoMs) => {
    const before = Date.now();
    const value = parseAccessLogQuery({ from }).filter.from as number;
    expect(value).toBeGreaterThanOrEqual(before - agoMs);
    expect(value).toBeLessThanOrEqual(Date.now() - agoMs);
  });

  it('a time before all times as the first one: every store can compare it', () => {
    expect(parseAccessLogQuery({ from: '-999999999d' }).filter.from).toBe(0);
  });

  it('a date alone as its first moment in UTC, and numbers from programs', () => {
    expect(parseAccessLogQuery({ to: '2026-05-01' }).filter.to).toBe(Date.UTC(2026, 4, 1));
    expect(parseAccessLogQuery({ limit: 7, dropped: false, from: 1_790_000_000_000 })).toEqual({
      filter: { dropped: false, from: 1_790_000_000_000 },
      page: { limit: 7 },
    });
  });

  it('a query on the health log', () => {
    expect(parseHealthLogQuery({ kind: 'change', health: 'unhealthy', service: 'shop', limit: '5' })).toEqual(
      {
        filter: { kind: 'change', health: 'unhealthy', service: 'shop' },
        page: { limit: 5 },
      },
    );
  });
});

describe('refuses', () => {
  it.each<[Record<string, unknown>, string, string]>([
    [{ servce: 'x' }, 'servce', 'is no known filter: did you mean "service"?'],
    [{ drop_reason: 'x' }, 'drop_reason', 'is no known filter: did you mean "dropReason"?'],
    [{ status: '5x' }, 'status', 'is "5x": give a status such as 503, or a class such as 5xx'],
    [{ status: '600' }, 'status', 'is "600": give a status such as 503, or a class such as 5xx'],
    [{ status: ['200', '201'] }, 'status', 'is given more than once: give it once'],
    [{ service: '' }, 'service', 'is empty: give a value, or leave it out'],
    [{ service: 'x'.repeat(300) }, 'service', 'is longer than 256 characters'],
    [{ dropped: 'yes' }, 'dropped', 'is neither true nor false'],
    [
      { dropped: 'false', dropReason: 'no_route' },
      'dropped',
      'is false, but dropReason asks for drops: leave one of them out',
    ],
    [{ client: '10.0.0.0/8' }, 'client', 'is "10.0.0.0/8": give one IPv4 or IPv6 address'],
    [{ pathPrefix: '/a?b=1' }, 'pathPrefix', 'has a "?": give the path without the query'],
    [{ limit: '0' }, 'limit', 'is "0": give a whole number from 1 to 1000'],
    [{ limit: '1001' }, 'limit', 'is "1001": give a whole number from 1 to 1000'],
    [{ limit: '1e2' }, 'limit', 'is "1e2": give a whole number from 1 to 1000'],
    [{ cursor: '{"$gt":""}' }, 'cursor', 'is no cursor: pass back what the page before gave as "next"'],
    [
      { from: '1700000000' },
      'from',
      '1700000000 looks like seconds: give milliseconds, such as 1700000000000',
    ],
    [{ from: '2026-02-30' }, 'from', '"2026-02-30" is no date of the calendar'],
    [{ from: '-1h', to: '-2h' }, 'from', 'is not before "to": the range is empty'],
    [{ from: '1790000000000', to: '1790000000000' }, 'from', 'is not before "to": the range is empty'],
    [{ __proto__: null, constructor: 'x' }, 'constructor', 'is no known filter: known are '],
    [{ service: { $ne: null } }, 'service', 'is no text: give one value'],
    [{ from: '2026-02-28T25:00:00Z' }, 'from', '"2026-02-28T25:00:00Z" is no date of the calendar'],
  ])('%o', (raw, path, message) => {
    const { issues } = refusal(() => parseAccessLogQuery(raw));
    expect(issues).toEqual([{ path, message: expect.stringContaining(message) }]);
  });

  it('names the near drop reason and all of them', () => {
    const { issues } = refusal(() => parseAccessLogQuery({ dropReason: 'no_backends' }));
    expect(issues[0]?.message).toMatch(
      /^is "no_backends": did you mean "no_backend"\? allowed: bad_request, /,
    );
  });

  it('a time without a zone, and says which forms there are', () => {
    const { message } = refusal(() => parseAccessLogQuery({ to: '2026-05-01T12:00:00' }));
    expect(message).toBe(
      'The query cannot be answered: to "2026-05-01T12:00:00" is no time: give Unix milliseconds, ISO 8601 with a zone ' +
        'such as 2026-05-01T12:00:00Z, or a time ago such as -15m (ms, s, m, h, d).',
    );
  });

  it('all faults at once', () => {
    const { issues } = refusal(() => parseHealthLogQuery({ kind: 'probes', limit: 'x', foo: '1' }));
    expect(issues.map(({ path }) => path).sort()).toEqual(['foo', 'kind', 'limit']);
  });
});

it('the service hands filter and page to the store, and rejects without asking it when they are wrong', async () => {
  const asked: { filter: AccessLogFilter; page: PageRequest }[] = [];
  const store = {
    query: async (filter: AccessLogFilter, page: PageRequest) => {
      asked.push({ filter, page });
      return { items: [], next: null };
    },
  };
  const service = new LogQueryService(store, store, store, store);
  expect(await service.queryAccessLogs({ status: '4xx', limit: '2' })).toEqual({ items: [], next: null });
  await expect(service.queryAccessLogs({ limit: 'all' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  await expect(service.queryHealthLogs({ status: '200' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  await expect(service.queryScalingLogs({ kind: 'begun' })).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
  });
  await service.queryScalingLogs({ service: 'shop', kind: 'decision', from: '1700000000000' });
  expect(asked).toEqual([
    { filter: { statusClass: 4 }, page: { limit: 2 } },
    { filter: { service: 'shop', kind: 'decision', from: 1_700_000_000_000 }, page: { limit: 100 } },
  ]);
});
