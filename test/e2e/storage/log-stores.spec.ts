import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  AuditLogFilter,
  HealthLogFilter,
  LogPage,
  PageRequest,
  ScalingLogFilter,
} from '../../../src/modules/logging/index.js';
import { RandomRecords } from '../../support/random-records.js';
import { mongodbStorage, openStores, sqliteStorage, type Stores } from '../../support/stores.js';
import {
  HOSTILE,
  LogRecords,
  START,
  accessFilters,
  matchesAccess,
  matchesAudit,
  matchesHealth,
  matchesScaling,
  newestFirst,
} from './log-records.js';

const kinds = [await sqliteStorage(), await mongodbStorage()];
afterAll(() => Promise.all(kinds.map((kind) => kind.stop())));

/** Follows `next` to the end. */
async function pages<T>(query: (page: PageRequest) => Promise<LogPage<T>>, limit: number): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await query({ limit, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    if (page.next === null) return items;
    expect(page.items).toHaveLength(limit);
    cursor = page.next;
  }
}

describe.each(kinds.filter((kind) => kind.available))('log stores on $name', (kind) => {
  const records = new LogRecords(new RandomRecords(3));
  const access = Array.from({ length: 2_000 }, () => records.access());
  const health = Array.from({ length: 600 }, () => records.health());
  const audit = Array.from({ length: 600 }, () => records.audit());
  const scaling = Array.from({ length: 600 }, () => records.scaling());
  let stores: Stores;

  beforeAll(async () => {
    stores = await openStores(kind.fresh());
    for (let start = 0; start < access.length; start += 1_000) {
      await stores.accessLog.append(access.slice(start, start + 1_000));
    }
    await stores.healthLog.append(health);
    await stores.auditLog.append(audit);
    await stores.scalingLog.append(scaling);
  });
  afterAll(() => stores.close());

  it('answers every filter as a plain search through all records does', async () => {
    for (const filter of accessFilters(new RandomRecords(5))) {
      const expected = newestFirst(access.filter((record) => matchesAccess(record, filter)));
      const found = await pages((page) => stores.accessLog.query(filter, page), 1_000);
      // The filter is part of both sides, so that a failure names it.
      expect({ filter, found }).toEqual({ filter, found: expected });
    }
  });

  it('answers every filter of health logs', async () => {
    const filters: HealthLogFilter[] = [
      {},
      ...['shop', ...HOSTILE].map((service) => ({ service })),
      { backend: '00112233445566aa', kind: 'change' },
      { health: 'unhealthy' },
      { kind: 'probe', from: START + 50, to: START + 300 },
    ];
    for (const filter of filters) {
      const expected = newestFirst(health.filter((record) => matchesHealth(record, filter)));
      expect(await pages((page) => stores.healthLog.query(filter, page), 100)).toEqual(expected);
    }
  });

  it('answers every filter of audit logs', async () => {
    const filters: AuditLogFilter[] = [
      {},
      ...['jane', 'nobody', ...HOSTILE].map((actor) => ({ actor })),
      ...['', 'POST', 'POST /api/v1/services', 'POST /api/v1/services/', 'PUT', ...HOSTILE].map(
        (actionPrefix) => ({ actionPrefix }),
      ),
      { outcome: 'refused' },
      { actor: 'jane', outcome: 'failed', actionPrefix: 'DELETE /' },
      { outcome: 'done', from: START + 50, to: START + 300 },
    ];
    for (const filter of filters) {
      const expected = newestFirst(audit.filter((record) => matchesAudit(record, filter)));
      const found = await pages((page) => stores.auditLog.query(filter, page), 100);
      expect({ filter, found }).toEqual({ filter, found: expected });
    }
  });

  it('answers every filter of scaling logs', async () => {
    const filters: ScalingLogFilter[] = [
      {},
      ...['shop', 'nobody', ...HOSTILE].map((service) => ({ service })),
      { kind: 'decision' },
      { service: 'shop', kind: 'failed' },
      { kind: 'found', from: START + 50, to: START + 300 },
      { from: START + 600 },
    ];
    for (const filter of filters) {
      const expected = newestFirst(scaling.filter((record) => matchesScaling(record, filter)));
      const found = await pages((page) => stores.scalingLog.query(filter, page), 100);
      expect({ filter, found }).toEqual({ filter, found: expected });
    }
  });

  it('stores a scaling record that is appended again once', async () => {
    const fresh = await openStores(kind.fresh());
    const [a, b] = [records.scaling(), records.scaling()];
    await fresh.scalingLog.append([a]);
    await fresh.scalingLog.append([b, a, b]);
    expect((await fresh.scalingLog.query({}, { limit: 10 })).items).toEqual(newestFirst([a, b]));
    await fresh.close();
  });

  it.each([1, 7, 333])('pages of %i hold every record once, newest first', async (limit) => {
    const filter = { service: 'shop' };
    const expected = newestFirst(access.filter((record) => matchesAccess(record, filter)));
    expect(await pages((page) => stores.accessLog.query(filter, page), limit)).toEqual(expected);
  });

  it('stores a record that is appended again, or beside new ones, once', async () => {
    const fresh = await openStores(kind.fresh());
    const [a, b, c] = [records.access(), records.access(), records.access()];
    await fresh.accessLog.append([a, b]);
    await fresh.accessLog.append([a, b]);
    await fresh.accessLog.append([a, c, b, c]);
    await fresh.accessLog.append([]);
    expect((await fresh.accessLog.query({}, { limit: 10 })).items).toEqual(newestFirst([a, b, c]));
    await fresh.close();
  });

  it('goes on where a page ended while new records arrive', async () => {
    const fresh = await openStores(kind.fresh());
    const old = Array.from({ length: 300 }, () => records.access());
    await fresh.accessLog.append(old);
    const expected = newestFirst(old);
    let arrived = 0;
    const found = await pages(async (page) => {
      const news = Array.from({ length: 20 }, () => records.access({ time: START + 1_000 + arrived++ }));
      const [answer] = await Promise.all([
        fresh.accessLog.query({ to: START + 900 }, page),
        fresh.accessLog.append(news),
      ]);
      return answer;
    }, 32);
    expect(found).toEqual(expected);
    expect(arrived).toBeGreaterThan(100);
    await fresh.close();
  });

  it('keeps lone surrogates as U+FFFD and finds them so', async () => {
    const fresh = await openStores(kind.fresh());
    const record = records.access({ path: '/x\ud800y', userAgent: '\udfff' });
    await fresh.accessLog.append([record]);
    const { items } = await fresh.accessLog.query({ pathPrefix: '/x\ud800' }, { limit: 5 });
    expect(items).toEqual([{ ...record, path: '/x\ufffdy', userAgent: '\ufffd' }]);
    await fresh.close();
  });

  it('keeps whatever bytes clients send', async () => {
    const fresh = await openStores(kind.fresh());
    const random = new RandomRecords(11);
    const wild = Array.from({ length: 300 }, () =>
      records.access({
        path: `/${random.latin1(40)}`,
        referer: random.latin1(40),
        client: random.latin1(10),
      }),
    );
    await fresh.accessLog.append(wild);
    for (const record of wild.slice(0, 30)) {
      const filter = { pathPrefix: record.path, client: record.client };
      const expected = newestFirst(wild.filter((other) => matchesAccess(other, filter)));
      expect((await fresh.accessLog.query(filter, { limit: 1_000 })).items).toEqual(expected);
    }
    await fresh.close();
  });

  const beyondTime = Buffer.from(`${'9'.repeat(16)}.${'a'.repeat(24)}`).toString('base64url');

  it.each(['', 'x', 'MTIzNA', `${'9'.repeat(40)}.00`, `{"$gt":""}`, beyondTime])(
    'refuses the cursor %j',
    async (cursor) => {
      await expect(stores.accessLog.query({}, { limit: 1, cursor })).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        issues: [{ path: 'cursor' }],
      });
    },
  );

  it.each([0, -1, 1.5, 1_001, Number.NaN])('refuses a page of %d records', async (limit) => {
    await expect(stores.healthLog.query({}, { limit })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('appends batches of 1000 without holding up this thread, also beside queries', async () => {
    const fresh = await openStores(kind.fresh());
    const batches = Array.from({ length: 20 }, () => Array.from({ length: 1_000 }, () => records.access()));
    const pause = new LongestPause();
    const started = performance.now();
    for (const batch of batches) {
      await Promise.all([
        fresh.accessLog.append(batch),
        fresh.accessLog.query({ method: 'PUT' }, { limit: 100 }),
      ]);
    }
    const seconds = (performance.now() - started) / 1000;
    const { p95, longest } = await pause.end();
    console.log(
      `${kind.name}: ${Math.round(20_000 / seconds)} rows/s beside full scans; ` +
        `this thread was busy at a stretch ${p95.toFixed(1)} ms (p95), ${longest.toFixed(1)} ms (longest)`,
    );
    expect(p95).toBeLessThan(300);
    await fresh.close();
  });
});

/** How long this thread is busy at a stretch: the time between two turns of the event loop. */
class LongestPause {
  private readonly pauses: number[] = [];
  private running = true;
  private readonly watching = this.watch();

  private async watch(): Promise<void> {
    let last = performance.now();
    while (this.running) {
      await nextTurn();
      const now = performance.now();
      this.pauses.push(now - last);
      last = now;
    }
  }

  async end(): Promise<{ p95: number; longest: number }> {
    this.running = false;
    await this.watching;
    const sorted = this.pauses.filter((pause) => pause > 1).toSorted((a, b) => a - b);
    return { p95: sorted[Math.floor(sorted.length * 0.95)] ?? 0, longest: sorted.at(-1) ?? 0 };
  }
}
