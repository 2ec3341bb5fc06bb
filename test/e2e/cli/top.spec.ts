import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalyticsTop } from '../../../src/modules/admin/resources/analytics.resource.js';
import { velocity } from '../../support/cli.process.js';
import { listening } from '../../support/listening.js';

const START = Date.UTC(2026, 0, 10);
const FIGURES = {
  drops: 0,
  retries: 0,
  bytesIn: 0,
  bytesOut: 2_048,
  requestsPerSecond: 1,
  dropShare: 0,
  meanUs: 1_000,
  percentilesUs: { 50: 1_000, 99: 5_000 },
};
const ANSWER: AnalyticsTop = {
  query: { from: START, to: START + 3_600_000, groupBy: 'path' },
  link: '/api/v1/analytics/top',
  source: 'rollups',
  groups: [
    { ...FIGURES, key: '/a\u001b[31m', isRest: false, requests: 30, errors: 3, errorShare: 0.1 },
    { ...FIGURES, key: '', isRest: true, requests: 10, errors: 0, errorShare: 0 },
  ],
  total: { ...FIGURES, requests: 40, errors: 3, errorShare: 0.075 },
};

/** The admin API as far as this command asks it; what it answers for real is told in the specs of the API. */
let admin: Server;
let env: Record<string, string>;
let asked: URLSearchParams;
beforeAll(async () => {
  admin = createServer((request, response) => {
    const isCsv = request.headers.accept === 'text/csv';
    asked = new URL(request.url ?? '', 'http://localhost').searchParams;
    response.setHeader('content-type', isCsv ? 'text/csv' : 'application/json');
    response.end(isCsv ? 'key,requests\r\n/a,30\r\n' : JSON.stringify(ANSWER));
  });
  env = { VELOCITY_ADMIN: await listening(admin), VELOCITY_TOKEN: 'vel_test' };
});
afterAll(() => void admin.close());

describe('velocity top', () => {
  it('shows groups with bars, and the others as one', async () => {
    const { code, out } = await velocity(['top', '--since', '2h', '-n', '1', '--dropped', 'no_backend'], {
      env,
    });
    expect(code).toBe(0);
    expect(Object.fromEntries(asked)).toEqual({
      from: '-2h',
      groupBy: 'path',
      limit: '1',
      order: 'requests',
      percentiles: '50,99',
      dropReason: 'no_backend',
    });
    const [range, head, first, rest] = out.split('\n');
    expect(range).toContain('40 exchanges');
    expect(head).toMatch(/^PATH +REQUESTS +ERRORS +DROPS/);
    expect(first).toMatch(/^\/a.* 30 +█{16} +3 \(10 %\)/);
    expect(first).not.toContain('\u001b[31m');
    expect(rest).toMatch(/^\(others\) +10 +█+▍? /);
  });

  it('prints CSV and JSON as they come', async () => {
    expect((await velocity(['top', '--csv'], { env })).out).toBe('key,requests\r\n/a,30\r\n');
    expect(JSON.parse((await velocity(['top', 'backend', '--json'], { env })).out)).toEqual(ANSWER);
    expect(asked.get('groupBy')).toBe('backend');
  });

  it('refuses what it does not know', async () => {
    const { code, err } = await velocity(['top', 'pth'], { env });
    expect(code).toBe(2);
    expect(err).toContain('path, service');
  });
});
