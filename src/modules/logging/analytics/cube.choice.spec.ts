import { describe, expect, it } from 'vitest';
import type { AnalyticsQuery } from './analytics-store.js';
import { checkRows, cubeFor, tooManyRecords } from './cube.choice.js';

const QUERY: AnalyticsQuery = {
  from: 0,
  to: 86_400_000,
  filter: {},
  groupBy: null,
  stepMs: null,
  latency: false,
  limit: 10,
  order: 'requests',
};

describe('the choice of a cube', () => {
  it.each([
    [{}, null, 'traffic'],
    [{ service: 'shop', dropped: true }, 'backend', 'traffic'],
    [{ status: 500, dropReason: 'no_backend' }, 'statusClass', 'traffic'],
    [{ service: 'shop' }, 'path', 'paths'],
    [{ path: '/' }, 'service', 'paths'],
    [{ service: 'shop', client: '::1' }, null, 'clients'],
    [{ path: undefined }, 'client', 'clients'],
    [{ path: '/' }, 'client', null],
    [{ status: 200 }, 'path', null],
    [{ dropped: false }, 'path', null],
    [{ client: '::1', backend: 'b' }, null, null],
  ] as const)('%j by %s: %s', (filter, groupBy, cube) => {
    expect(cubeFor({ filter: filter as AnalyticsQuery['filter'], groupBy })).toBe(cube);
  });

  it('refuses an answer of more rows than anybody can use', () => {
    const minutes = { ...QUERY, stepMs: 60_000 };
    expect(() => checkRows({ ...QUERY, to: 1e14 })).not.toThrow();
    expect(() => checkRows({ ...minutes, groupBy: 'service', limit: 50 })).not.toThrow();
    expect(() => checkRows({ ...minutes, groupBy: 'service', limit: 100 })).toThrow(
      /145541 rows.*shorter range/,
    );
    expect(() => checkRows({ ...minutes, to: 100 * 86_400_000 })).toThrow(
      expect.objectContaining({ code: 'QUERY_TOO_LARGE' }),
    );
  });

  it('tells what to narrow when only the records could answer', () => {
    const filter = { status: 404, dropped: false };
    expect(tooManyRecords({ ...QUERY, filter, groupBy: 'path' })).toMatchObject({
      code: 'QUERY_TOO_LARGE',
      message: expect.stringMatching(/about status, path, dropped together.*leave out path\.$/),
    });
    expect(tooManyRecords({ ...QUERY, filter: { client: '::1' }, groupBy: 'path' }).message).toMatch(
      /leave out path or client\.$/,
    );
  });
});
