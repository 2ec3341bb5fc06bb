import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const NOW = Date.UTC(2026, 0, 31, 12);

describe('the view of the analytics', () => {
  let view: typeof import('./analytics-view');

  beforeAll(async () => {
    // The router listens to the browser as soon as it is loaded.
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('location', { pathname: '/analytics', search: '' });
    vi.stubGlobal('history', { state: null });
    view = await import('./analytics-view');
  });
  afterAll(() => vi.unstubAllGlobals());

  it.each([
    ['-15m', NOW - 900_000],
    ['-7d', NOW - 7 * 86_400_000],
    [String(NOW), NOW],
    ['2026-01-31T12:00:00Z', NOW],
    ['soon', null],
  ])('reads %s', (text, moment) => expect(view.momentOf(text, NOW)).toBe(moment));

  it('is the last hour when nothing is said, and the hour before an end', () => {
    expect(view.rangeOf({}, NOW)).toEqual({ from: NOW - 3_600_000, to: NOW });
    expect(view.fromOf({ to: String(NOW) })).toBe(String(NOW - 3_600_000));
  });

  it('asks the API by range and filters alone, and leads to the logs with the same', () => {
    const shown = { from: '-7d', by: 'client', order: 'drops', path: '/a b', status: '5xx' };
    expect(view.questionOf('top', shown, { groupBy: 'client', step: '' })).toBe(
      '/api/v1/analytics/top?status=5xx&path=%2Fa+b&from=-7d&groupBy=client',
    );
    expect(view.logsOf(shown)).toBe('/logs?status=5xx&from=-7d&pathPrefix=%2Fa+b');
  });
});
