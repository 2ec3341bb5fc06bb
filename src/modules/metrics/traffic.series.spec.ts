import { describe, expect, it } from 'vitest';
import { labelsOf, parseExposition, readExposition, type Series } from '../../../test/support/exposition.js';
import { metricsOf, picked, slottedService } from '../../../test/support/metrics.fixture.js';
import {
  BACKEND_COUNTERS,
  BackendCounter,
  LATENCY_BUCKETS,
  latencyBoundUs,
  latencyBucket,
  LEDGER_CELLS,
  LedgerCell,
  monotonicMs,
  RETRY_CELLS,
  RETRY_SLICES,
  RetryCell,
  SERVICE_CELLS,
  ServiceCell,
  type ServiceSnapshot,
  type SharedMemory,
  TRAFFIC_CELLS,
  TrafficCell,
} from '../../common/contract/index.js';

/** Counts exchanges of one latency as a worker does. */
function answer(
  memory: SharedMemory,
  worker: number,
  { slot, backends }: ServiceSnapshot,
  latencyUs: number,
): void {
  const { serviceLedger, serviceLatency, backendCounters, traffic } = memory.workers[worker]!;
  const backend = backends[0]!.slot;
  serviceLedger[slot * LEDGER_CELLS + LedgerCell.received]! += 1;
  serviceLedger[slot * LEDGER_CELLS + LedgerCell.forwarded]! += 1;
  serviceLatency[slot * LATENCY_BUCKETS + latencyBucket(latencyUs)]! += 1;
  traffic.services[slot * TRAFFIC_CELLS + TrafficCell.latencyUs]! += latencyUs;
  traffic.services[slot * TRAFFIC_CELLS + TrafficCell.statuses + 1]! += 1;
  traffic.backendLatency[backend * LATENCY_BUCKETS + latencyBucket(latencyUs)]! += 1;
  backendCounters[backend * BACKEND_COUNTERS + BackendCounter.attempts]! += 1;
  backendCounters[backend * BACKEND_COUNTERS + BackendCounter.latencyUs]! += latencyUs;
}

/** Upper bound and cumulative count of each bucket. */
function bucketsOf(series: Series, prefix: string): [bound: number, count: number][] {
  return [...series]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, count]) => [Number(labelsOf(key).get('le')!.replace('+Inf', 'Infinity')), count]);
}

describe('histograms', () => {
  it('count exactly what lies below each bound, over all workers, by service and by backend', async () => {
    const { memory, publish, read } = metricsOf();
    const [shop] = publish([slottedService('shop', [1])]) as [ServiceSnapshot];
    // Around each bound that the workers know, and beyond the first and the last.
    const latencies = Array.from({ length: LATENCY_BUCKETS }, (_, bucket) => latencyBoundUs(bucket)).flatMap(
      (us) => [us, us + 1, Math.max(0, us - 1)],
    );
    latencies.forEach((us, index) => answer(memory, index % 2, shop, us));
    const series = await read();
    for (const name of ['velocity_latency_seconds', 'velocity_backend_latency_seconds']) {
      const buckets = bucketsOf(series, `${name}_bucket{`);
      expect(buckets.length).toBeGreaterThan(15);
      for (const [bound, count] of buckets) {
        expect([bound, count]).toEqual([bound, latencies.filter((us) => us / 1e6 < bound).length]);
      }
    }
    const sum = series.get('velocity_latency_seconds_sum{service="shop"}');
    expect(sum).toBeCloseTo(latencies.reduce((total, us) => total + us, 0) / 1e6, 6);
  });

  it('of the queue appear with the first exchange that had to wait', async () => {
    const { memory, publish, read } = metricsOf();
    const [shop] = publish([slottedService('shop', [1])]) as [ServiceSnapshot];
    expect((await read()).has('velocity_queue_wait_seconds_count{service="shop"}')).toBe(false);
    const { traffic } = memory.workers[1]!;
    traffic.queueWaits[shop.slot * LATENCY_BUCKETS + latencyBucket(3_000_000)]! += 1;
    traffic.services[shop.slot * TRAFFIC_CELLS + TrafficCell.queuedUs]! += 3_000_000;
    const expected = {
      'velocity_queue_wait_seconds_count{service="shop"}': 1,
      'velocity_queue_wait_seconds_sum{service="shop"}': 3,
      'velocity_queue_wait_seconds_bucket{le="2.097152",service="shop"}': 0,
      'velocity_queue_wait_seconds_bucket{le="4.194304",service="shop"}': 1,
    };
    expect(picked(await read(), expected)).toEqual(expected);
  });
});

it('tells how much of the budget for retries is used and allowed, and forgets it with time', async () => {
  const { memory, publish, read } = metricsOf();
  const retries = { ...slottedService('shop', [1]).retries, attempts: 2, budgetPercent: 20 };
  const shop = { ...slottedService('shop', [1]), retries: { ...retries, budgetMinPerSecond: 1 } };
  const [{ slot }] = publish([shop]) as [ServiceSnapshot];
  const { retries: cells } = memory.outcomes;
  const fill = (secondsAgo: number) => {
    const second = Math.floor(monotonicMs() / 1_000) - secondsAgo;
    cells[slot * RETRY_CELLS + RetryCell.second] = second;
    cells.fill(0, slot * RETRY_CELLS + RetryCell.requests, (slot + 1) * RETRY_CELLS);
    cells[slot * RETRY_CELLS + RetryCell.requests + (second % RETRY_SLICES)] = 100;
    cells[slot * RETRY_CELLS + RetryCell.extra + (second % RETRY_SLICES)] = 7;
  };
  const look = async () => {
    const series = await read();
    return ['used', 'allowed'].map((what) => series.get(`velocity_retry_budget_${what}{service="shop"}`));
  };
  fill(1);
  expect(await look()).toEqual([7, 20]);
  fill(30);
  expect(await look()).toEqual([0, 10]);
});

describe('those without series of their own', () => {
  const LIMITS = { services: 2, backends: 2 };
  const OTHER = {
    'velocity_exchanges_forwarded_total{service="_other"}': 0,
    'velocity_latency_seconds_count{service="_other"}': 0,
    'velocity_backend_attempts_total{backend="_other",service="_other"}': 0,
    'velocity_exchanges_in_flight{service="_other"}': 0,
  };
  const other = (exchanges: number, inFlight: number) =>
    Object.fromEntries(
      Object.keys(OTHER).map((key) => [key, key.includes('in_flight') ? inFlight : exchanges]),
    );

  it('are added up, and their number is told', async () => {
    const { memory, publish, read } = metricsOf(LIMITS);
    const services = publish(['a', 'b', 'c', 'd'].map((name, port) => slottedService(name, [port + 1])));
    for (const [index, service] of services.entries()) {
      for (let count = 0; count <= index; count++) answer(memory, count % 2, service, 5_000);
      memory.services[service.slot * SERVICE_CELLS + ServiceCell.inFlight] = 1;
    }
    const series = await read();
    expect(picked(series, OTHER)).toEqual(other(7, 2));
    const expected = {
      'velocity_exchanges_forwarded_total{service="b"}': 2,
      'velocity_folded{kind="service"}': 2,
      'velocity_folded{kind="backend"}': 2,
      // Of several at once this makes no sense.
      'velocity_backend_up{backend="_other",service="_other"}': undefined,
    };
    expect(picked(series, expected)).toEqual(expected);
    const ofTraffic = [...series.keys()].filter((key) => !key.startsWith('velocity_scaling'));
    const named = new Set(ofTraffic.map((key) => labelsOf(key).get('service')));
    expect(named).toEqual(new Set([undefined, '', 'a', 'b', '_other']));
  });

  it('have no series while each has its own', async () => {
    const { publish, read } = metricsOf(LIMITS);
    publish([slottedService('a', [1]), slottedService('b', [2])]);
    const series = await read();
    expect([...series.keys()].filter((key) => key.includes('_other'))).toEqual([]);
    expect(series.get('velocity_folded{kind="service"}')).toBe(0);
  });

  it('neither fall nor jump when services come, go, and change places', async () => {
    const { memory, publish, read } = metricsOf(LIMITS);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name, port) => slottedService(name, [port + 1]));
    const snapshots = publish([a!, b!, c!, d!]);
    for (const service of snapshots)
      for (let count = 0; count < 10; count++) answer(memory, 0, service, 5_000);
    expect(picked(await read(), OTHER)).toEqual(other(20, 0));
    // c gets series of its own, d goes: what they have counted stays.
    publish([a!, c!]);
    expect(picked(await read(), OTHER)).toEqual(other(20, 0));
    // b comes back into the slot of one that has gone, and begins at 0; a is folded with what it has counted before.
    const [, , again] = publish([c!, b!, a!]) as [unknown, unknown, ServiceSnapshot];
    expect(picked(await read(), OTHER)).toEqual(other(20, 0));
    answer(memory, 1, again, 5_000);
    const series = await read();
    expect(picked(series, OTHER)).toEqual(other(21, 0));
    expect(series.get('velocity_folded{kind="service"}')).toBe(1);
  });
});

describe('OpenMetrics', () => {
  it('is what those get who ask for it, with the same series and families', async () => {
    const { registry, publish } = metricsOf({ services: 1, backends: 1 });
    publish([slottedService('shop', [1, 2]), slottedService('a"b\\c\nd', [3])]);
    const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
    const open = await registry.scrape(accept);
    const plain = await registry.scrape('*/*');
    expect(open.mediaType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(plain.mediaType).toBe('text/plain; version=0.0.4; charset=utf-8');
    const [told, usual] = [readExposition(open.text, 'openmetrics'), readExposition(plain.text)];
    expect([...told.series.keys()]).toEqual([...usual.series.keys()]);
    expect([...told.families.keys()]).toEqual(
      [...usual.families.values()].map(({ name, type }) =>
        type === 'counter' ? name.replace(/_total$/, '') : name,
      ),
    );
    expect(parseExposition(registry.scrapeService('shop', accept)!.text, 'openmetrics').size).toBeGreaterThan(
      50,
    );
  });
});
