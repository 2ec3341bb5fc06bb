import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  AccessLogEncoder,
  type AccessLogRecord,
  type ScalingLogRecord,
  RecordIdSource,
  BACKEND_COUNTERS,
  BackendCounter,
  DROP_REASONS,
  LATENCY_BUCKETS,
  latencyBucket,
  LEDGER_CELLS,
  LedgerCell,
  TRAFFIC_CELLS,
  TrafficCell,
} from '../../../src/common/contract/index.js';
import {
  type ChangeEvent,
  changeEventSchema,
  type Overview,
  overviewSchema,
  tailedRecordsSchema,
} from '../../../src/modules/admin/resources/event.resource.js';
import { RecordTap, ScalingLogRecorder } from '../../../src/modules/logging/index.js';
import { EventSource, mergePatched } from '../../support/event-source.js';
import { RandomRecords } from '../../support/random-records.js';
import { AdminApplication } from './admin.application.js';

const OVERVIEW = '/api/v1/events/overview';
const TAIL = '/api/v1/events/access-logs';

let admin: AdminApplication;
let open: EventSource[] = [];
beforeAll(async () => {
  admin = await AdminApplication.start();
});
afterAll(() => admin.stop());
beforeEach(async () => {
  const body = { name: 'shop', backends: ['http://127.0.0.1:9', 'http://127.0.0.1:10'] };
  await admin.call('POST', '/api/v1/services', { body });
});
afterEach(async () => {
  for (const source of open) source.close();
  open = [];
  await admin.call('DELETE', '/api/v1/services/shop');
});

async function listen(path: string, headers: Readonly<Record<string, string>> = {}): Promise<EventSource> {
  const source = await EventSource.open(admin.url + path, admin.token.value, headers);
  open.push(source);
  return source;
}

/** Applies patches until the state is as asked for. */
async function until(
  source: EventSource,
  state: Overview,
  fits: (state: Overview) => boolean,
): Promise<Overview> {
  while (!fits(state)) state = mergePatched(state, await source.next('patch')) as Overview;
  return overviewSchema.parse(state);
}

describe('an overview', () => {
  it('tells everything first, then what changed, and rates of what the workers counted', async () => {
    const source = await listen(OVERVIEW);
    expect(source.headers.get('content-type')).toContain('text/event-stream');
    const first = overviewSchema.parse(await source.next('overview'));
    expect(first).toMatchObject({ periodMs: 0, total: { requests: 0 }, store: { state: 'connected' } });
    expect(Object.keys(first.services['shop']!.backends)).toHaveLength(2);

    const { slot, backends } = admin.parts.publisher.current()!.services[0]!.snapshot;
    const own = admin.parts.memory.workers[0]!;
    const row = slot * LEDGER_CELLS;
    for (const [cells, start] of [
      [own.ledger, 0],
      [own.serviceLedger, row],
    ] as const) {
      cells[start + LedgerCell.received]! += 110;
      cells[start + LedgerCell.forwarded]! += 90;
      cells[start + LedgerCell.serverErrors]! += 30;
      cells[start + LedgerCell.drops + DROP_REASONS.rate_limited.code]! += 10;
    }
    const { services } = own.traffic;
    services[slot * TRAFFIC_CELLS + TrafficCell.statuses + 1]! += 60;
    services[slot * TRAFFIC_CELLS + TrafficCell.statuses + 4]! += 30;
    // Behind the last slot: without a service.
    services[services.length - TRAFFIC_CELLS + TrafficCell.statuses + 3]! += 5;
    own.serviceLatency[slot * LATENCY_BUCKETS + latencyBucket(5_000)]! += 90;
    own.backendCounters[backends[0]!.slot * BACKEND_COUNTERS + BackendCounter.attempts]! += 90;
    own.backendCounters[backends[0]!.slot * BACKEND_COUNTERS + BackendCounter.bytesOut]! += 9_000;

    const busy = await until(source, first, ({ services }) => services['shop']!.requests > 0);
    const shop = busy.services['shop']!;
    const counted = (rate: number) => Math.round((rate * busy.periodMs) / 1_000);
    expect([shop.requests, shop.forwarded, shop.errors, shop.dropped].map(counted)).toEqual([
      110, 90, 30, 10,
    ]);
    expect(Object.keys(shop.drops)).toEqual(['rate_limited']);
    expect(counted(shop.drops.rate_limited!)).toBe(10);
    expect(Object.entries(shop.statuses).map(([name, rate]) => [name, counted(rate)])).toEqual([
      ['2xx', 60],
      ['5xx', 30],
    ]);
    expect(counted(busy.total.statuses['2xx']!)).toBe(60);
    expect(counted(busy.total.statuses['4xx']!)).toBe(5);
    expect(counted(shop.bytesOut)).toBeCloseTo(9_000, -1);
    expect(shop).toMatchObject({ inFlight: 10, latency: { count: 90 } });
    expect(shop.latency.p99Us).toBeGreaterThan(4_000);
    expect(shop.latency.p99Us).toBeLessThan(6_000);
    expect(counted(shop.backends[backends[0]!.id]!.requests)).toBe(90);
    expect(shop.backends[backends[1]!.id]!.requests).toBe(0);
    expect(counted(busy.total.requests)).toBe(110);

    const quiet = await until(source, busy, ({ services }) => services['shop']!.requests === 0);
    expect(quiet.services['shop']!.drops).toEqual({});
    expect(quiet.total.inFlight).toBe(10);
  });

  it('tells of copies and of another number of them', async () => {
    const source = await listen(OVERVIEW);
    await source.next<Overview>('overview');
    const recorder = admin.app.get(ScalingLogRecorder, { strict: false });
    const ids = new RecordIdSource();
    const record = (changes: Partial<ScalingLogRecord>) => {
      const time = Date.now();
      const common = {
        current: 2,
        desired: 2,
        backend: null,
        instance: '',
        metric: null,
        metrics: {},
        limits: [],
      };
      recorder.record({
        id: ids.next(time),
        time,
        service: 'shop',
        kind: 'decision',
        reason: 'because',
        ...common,
        ...changes,
      });
    };
    record({ reason: 'the number stays' });
    record({ desired: 5 });
    record({ kind: 'failed', desired: null, instance: '4711', reason: 'ended with exit code 1' });
    const told: ChangeEvent[] = [];
    while (told.length < 2) {
      const change = await source.next<ChangeEvent>('change');
      if (change.kind === 'scaling') told.push(changeEventSchema.parse(change));
    }
    expect(told).toMatchObject([
      { step: 'decision', service: 'shop', current: 2, desired: 5, why: 'because' },
      { step: 'failed', instance: '4711', desired: null, why: 'ended with exit code 1' },
    ]);
  });

  it('tells of what comes, changes and goes', async () => {
    const source = await listen(OVERVIEW);
    const first = await source.next<Overview>('overview');
    const [id] = Object.keys(first.services['shop']!.backends) as [string];
    const path = `/api/v1/services/shop/backends/${id}`;
    await admin.call('PATCH', path, { body: { state: 'draining', weight: 7 } });
    const draining = await until(
      source,
      first,
      ({ services }) => services['shop']!.backends[id]!.state === 'draining',
    );
    expect(draining.services['shop']!.backends[id]).toMatchObject({ weight: 7, available: false });
    await admin.call('DELETE', path);
    await until(source, draining, ({ services }) => !(id in services['shop']!.backends));
    await admin.call('DELETE', '/api/v1/services/shop');
    await until(source, draining, ({ services }) => !('shop' in services));
  });

  it('is the same for all that listen, and small while nothing happens', async () => {
    const [one, other] = [await listen(OVERVIEW), await listen(OVERVIEW)];
    await Promise.all([one.next('overview'), other.next('overview')]);
    const [first, second] = await Promise.all([one.next<Overview>('patch'), other.next<Overview>('patch')]);
    expect([first, second].map(({ time }) => time)).toContain(Math.max(first.time, second.time));
    const patch = await one.next<object>('patch');
    expect(Object.keys(patch)).not.toContain('version');
    expect(JSON.stringify(patch).length).toBeLessThan(400);
  });

  it('takes no parameters', async () => {
    const answer = await admin.call('GET', `${OVERVIEW}?service=shop`);
    expect(answer.body).toMatchObject({ code: 'REQUEST_INVALID', issues: [{ path: 'service' }] });
  });

  it('is for those with a token', async () => {
    expect((await admin.call('GET', OVERVIEW, { token: null })).status).toBe(401);
    expect((await admin.call('HEAD', OVERVIEW)).status).toBe(200);
  });
});

describe('changes', () => {
  const revised = async (source: EventSource, note: string) => {
    const body = { paths: ['/'], backends: [`http://127.0.0.1:${note.length + 100}`] };
    await admin.call('PUT', `/api/v1/services/shop?note=${note}`, { body });
    for (;;) {
      const event = await source.nextEvent('change');
      const change: ChangeEvent = changeEventSchema.parse(event.data);
      if (change.kind === 'revision' && change.note === note) return { ...event, change };
    }
  };

  it('are told as they happen, and to whom was away when it is back', async () => {
    const source = await listen(OVERVIEW);
    const { id, change } = await revised(source, 'one');
    expect(change).toMatchObject({ origin: 'api', changesTotal: 4 });
    await revised(source, 'other');
    source.close();

    const back = await listen(OVERVIEW, { 'last-event-id': id });
    const missed: string[] = [];
    while (!missed.includes('other')) {
      const event = await back.next<ChangeEvent>('change');
      if (event.kind === 'revision') missed.push(event.note);
    }
    expect(missed).toEqual(['other']);
  });

  it('are those of health too', async () => {
    const source = await listen(OVERVIEW);
    await admin.call('POST', '/api/v1/services/shop/backends', { body: { url: 'http://127.0.0.1:11' } });
    for (;;) {
      const change = await source.next<ChangeEvent>('change');
      if (change.kind !== 'health' || change.url !== 'http://127.0.0.1:11') continue;
      expect(change).toMatchObject({ service: 'shop', health: 'unhealthy', over: false });
      expect(change.why).not.toBe('');
      return;
    }
  });
});

describe('a live tail', () => {
  const random = new RandomRecords(20_260_103);
  const record = (fields: Partial<AccessLogRecord>) => ({ ...random.record(), ...fields });

  function handOver(records: readonly AccessLogRecord[]): void {
    const encoder = new AccessLogEncoder(64 * 1024);
    for (const one of records) encoder.append(one);
    admin.app.get(RecordTap, { strict: false }).accept(encoder.take(), records.length);
  }

  it('shows what fits, as it comes', async () => {
    const all = await listen(TAIL);
    const some = await listen(`${TAIL}?service=shop&status=5xx&pathPrefix=/api`);
    const records = [
      record({ service: 'shop', status: 503, path: '/api/a' }),
      record({ service: 'shop', status: 200, path: '/api/b' }),
      record({ service: 'other', status: 503, path: '/api/c' }),
      record({ service: 'shop', status: 500, path: '/elsewhere' }),
      record({ service: 'shop', status: 599, path: '/api' }),
    ];
    handOver(records);
    expect(tailedRecordsSchema.parse(await all.next('records'))).toEqual(records);
    expect(await some.next('records')).toEqual([records[0], records[4]]);
  });

  it('says what it left out', async () => {
    const source = await listen(TAIL);
    const plain = { userAgent: '', referer: '', query: '', path: '/', attempts: [], decision: null };
    for (let batch = 0; batch < 50; batch++) {
      handOver(Array.from({ length: 250 }, () => record(plain)));
    }
    const seen = await source.next<AccessLogRecord[]>('records');
    const { unread, unsent } = await source.next<{ unread: number; unsent: number }>('skipped');
    expect(seen).toHaveLength(250);
    expect({ unread, unsent }).toEqual({ unread: 2_500, unsent: 9_500 });
  });

  it('refuses filters that it does not know, and times', async () => {
    const answer = await admin.call('GET', `${TAIL}?from=-1h&servce=shop&status=abc`);
    expect(answer.status).toBe(400);
    const { issues } = answer.body as { issues: { path: string; message: string }[] };
    expect(issues.map(({ path }) => path).sort()).toEqual(['from', 'servce', 'status']);
    expect(answer.text).toContain('did you mean \\"service\\"?');
  });
});
