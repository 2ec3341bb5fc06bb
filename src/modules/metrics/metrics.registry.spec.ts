import { expect, it } from 'vitest';
import { labelsOf, parseExposition, type Series } from '../../../test/support/exposition.js';
import {
  countEnded as count,
  picked,
  slottedService as service,
  metricsOf as setUp,
} from '../../../test/support/metrics.fixture.js';
import {
  BACKEND_CELLS,
  BACKEND_COUNTERS,
  BackendCell,
  BackendCounter,
  ConnectionCell,
  DROP_REASON_NAMES,
  LedgerCell,
  RETRY_CELLS,
  RETRY_COUNTERS,
  RetryCell,
  RetryCounter,
  SERVICE_CELLS,
  ServiceCell,
  type ServiceSnapshot,
  STATUS_CLASSES,
} from '../../common/contract/index.js';

it('reads the ledger over all workers, by service and by reason', async () => {
  const { memory, publish, read } = setUp();
  const [shop, blog] = publish([service('shop', [1, 2]), service('blog', [3])]) as [
    ServiceSnapshot,
    ServiceSnapshot,
  ];
  count(memory, 0, shop.slot, 'forwarded', 7);
  count(memory, 1, shop.slot, 'forwarded', 5);
  count(memory, 1, blog.slot, 'no_backend', 4);
  count(memory, 0, null, 'no_route', 3);
  count(memory, 0, shop.slot, 'client_closed', 2);
  count(memory, 0, null, 'client_closed', 1);
  memory.workers[0]!.ledger[LedgerCell.received]! += 1;
  Atomics.add(memory.services, shop.slot * SERVICE_CELLS + ServiceCell.inFlight, 1);
  const series = await read();
  const expected = {
    velocity_exchanges_received_total: 23,
    'velocity_exchanges_completed_total{result="forwarded"}': 12,
    'velocity_exchanges_completed_total{result="dropped"}': 10,
    velocity_exchanges_open: 1,
    'velocity_exchanges_routed_total{service="shop"}': 14,
    'velocity_exchanges_forwarded_total{service="shop"}': 12,
    'velocity_exchanges_forwarded_total{service="blog"}': 0,
    'velocity_exchanges_in_flight{service="shop"}': 1,
    'velocity_exchanges_dropped_total{reason="no_backend",service="blog"}': 4,
    'velocity_exchanges_dropped_total{reason="no_backend",service="shop"}': 0,
    'velocity_exchanges_dropped_total{reason="no_route",service=""}': 3,
    'velocity_exchanges_dropped_total{reason="client_closed",service="shop"}': 2,
    'velocity_exchanges_dropped_total{reason="client_closed",service=""}': 1,
  };
  expect(picked(series, expected)).toEqual(expected);
  const drops = [...series].filter(([name]) => name.startsWith('velocity_exchanges_dropped_total'));
  expect(drops).toHaveLength(3 * DROP_REASON_NAMES.length);
  expect(drops.reduce((sum, [, value]) => sum + value, 0)).toBe(10);
});

it('reads what became of retries and hedges, and starts afresh with a new holder of the slot', async () => {
  const { memory, publish, read } = setUp();
  const [shop] = publish([service('shop', [1])]) as [ServiceSnapshot];
  count(memory, 0, shop.slot, 'forwarded');
  count(memory, 1, shop.slot, 'forwarded');
  const at = (counter: number) => shop.slot * RETRY_COUNTERS + counter;
  for (const { retries } of memory.workers) {
    retries[at(RetryCounter.retries)]! += 3;
    retries[at(RetryCounter.refused)]! += 1;
    retries[at(RetryCounter.hedges)]! += 5;
    retries[at(RetryCounter.hedgesWon)]! += 2;
  }
  const expected = {
    'velocity_retries_total{result="made",service="shop"}': 6,
    'velocity_retries_total{result="budget_exhausted",service="shop"}': 2,
    'velocity_hedges_total{result="made",service="shop"}': 10,
    'velocity_hedges_total{result="won",service="shop"}': 4,
    'velocity_hedges_total{result="budget_exhausted",service="shop"}': 0,
  };
  expect(picked(await read(), expected)).toEqual(expected);
  memory.outcomes.retries[shop.slot * RETRY_CELLS + RetryCell.second] = 7;
  memory.clearServiceCounters(shop.slot);
  expect(picked(await read(), expected)).toEqual(
    Object.fromEntries(Object.keys(expected).map((key) => [key, 0])),
  );
  expect(memory.outcomes.retries[shop.slot * RETRY_CELLS + RetryCell.second]).toBe(0);
});

it('reads counters and state of each backend', async () => {
  const { memory, states, publish, read } = setUp();
  const [shop] = publish([service('shop', [1, 2])]) as [ServiceSnapshot];
  const [first, second] = shop.backends;
  const fill = (worker: number, cell: number, value: number) => {
    memory.workers[worker]!.backendCounters[first!.slot * BACKEND_COUNTERS + cell] = value;
  };
  for (const worker of [0, 1]) {
    fill(worker, BackendCounter.attempts, 10);
    fill(worker, BackendCounter.failures, 1);
    fill(worker, BackendCounter.serverErrors, 2);
    fill(worker, BackendCounter.bytesIn, 1_000);
    fill(worker, BackendCounter.bytesOut, 5_000_000_000);
    fill(worker, BackendCounter.latencyUs, 1_250_000);
  }
  Atomics.store(memory.backends, first!.slot * BACKEND_CELLS + BackendCell.inFlight, 6);
  states.setHealth(first!.slot, shop.slot, 'healthy');
  states.setHealth(second!.slot, shop.slot, 'unhealthy');
  states.setAdminState(second!.slot, shop.slot, 'draining');
  const series = await read();
  const expected: Record<string, [number, number]> = {
    attempts_total: [20, 0],
    failures_total: [2, 0],
    server_errors_total: [4, 0],
    request_bytes_total: [2_000, 0],
    response_bytes_total: [10_000_000_000, 0],
    latency_seconds_sum: [2.5, 0],
    in_flight: [6, 0],
    up: [1, 0],
    health: [1, 2],
    admin_state: [0, 1],
  };
  for (const [name, values] of Object.entries(expected)) {
    const read = ['shop-1', 'shop-2'].map((id) =>
      series.get(`velocity_backend_${name}{backend="${id}",service="shop"}`),
    );
    expect({ [name]: read }).toEqual({ [name]: values });
  }
  expect(series.get('velocity_backend_info{backend="shop-1",service="shop",url="http://127.0.0.1:1"}')).toBe(
    1,
  );
  expect(series.get('velocity_service_backends{service="shop"}')).toBe(2);
  expect(series.get('velocity_service_backends_available{service="shop"}')).toBe(1);
});

it('reads the connections over all workers', async () => {
  const { memory, read } = setUp();
  const [first, second] = memory.workers;
  for (const [cell, value] of [900, 40, 3, 5, 7, 9].entries()) {
    first!.connections[cell] = value;
    second!.connections[cell] = 1_000;
  }
  expect(ConnectionCell).toEqual({
    accepted: 0,
    open: 1,
    waiting: 2,
    addressRefusals: 3,
    roomRefusals: 4,
    blockedRefusals: 5,
  });
  const expected = {
    velocity_connections_accepted_total: 1_900,
    velocity_connections_open: 1_040,
    velocity_connections_waiting: 1_003,
    'velocity_connections_refused_total{reason="address_limit"}': 1_005,
    'velocity_connections_refused_total{reason="waiting_room_full"}': 1_007,
    'velocity_connections_refused_total{reason="blocked"}': 1_009,
  };
  expect(picked(await read(), expected)).toEqual(expected);
});

it('tells whether shared rate limits are counted together, and what became of exchanges', async () => {
  const { read } = setUp();
  const expected = {
    velocity_shared_limits_up: 1,
    'velocity_shared_limits_exchanges_total{result="asked"}': 7,
    'velocity_shared_limits_exchanges_total{result="refused"}': 2,
    'velocity_shared_limits_exchanges_total{result="alone"}': 1,
  };
  expect(picked(await read(), expected)).toEqual(expected);
});

it('tells how many are blocked, and of files that cannot be used', async () => {
  const { read } = setUp();
  const expected = {
    velocity_blocklist_entries: 12,
    velocity_bans: 3,
    velocity_blocklist_bytes: 456,
    'velocity_blocklist_file_valid{path="good.txt"}': 1,
    'velocity_blocklist_file_valid{path="broken.txt"}': 0,
  };
  expect(picked(await read(), expected)).toEqual(expected);
});

it('tells about the balancer itself and its process', async () => {
  const { publish, read } = setUp();
  const before = await read();
  expect(before.get('velocity_config_generation')).toBe(0);
  publish([service('shop', [1])]);
  const series = await read();
  const expected = {
    [`velocity_build_info{node="${process.version}",version="9.8.7"}`]: 1,
    velocity_config_generation: 1,
    velocity_config_last_reload_success: 0,
    velocity_config_last_reload_timestamp_seconds: 1_790_000_000.5,
    velocity_access_log_received_total: 10,
    velocity_access_log_stored_total: 6,
    velocity_access_log_lost_total: 1,
    velocity_access_log_buffered: 3,
    velocity_health_log_stored_total: 4,
    velocity_store_connected: 1,
    velocity_workers: 2,
    velocity_workers_listening: 1,
    velocity_config_last_reload_success_timestamp_seconds: 1_780_000_000,
    velocity_store_state_since_timestamp_seconds: 1_785_000_000,
    'velocity_worker_restarts_total{worker="0"}': 0,
    'velocity_worker_restarts_total{worker="1"}': 2,
    'velocity_worker_generation{worker="0"}': 3,
    velocity_spool_bytes: 5_000,
    velocity_spool_max_bytes: 9_000,
    velocity_spool_segments: 2,
    velocity_spool_corrupt_frames_total: 1,
    velocity_spool_thread_running: 1,
    velocity_spool_thread_restarts_total: 3,
    velocity_access_log_recovered_total: 0,
  };
  expect(picked(series, expected)).toEqual(expected);
  expect(series.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
});

it('lets no counter go back, and charges nobody for another, when slots change hands', async () => {
  const { memory, publish, read } = setUp();
  const counters = new Map<string, number>();
  const wentBack: string[] = [];
  const readOn = async () => {
    const series = await read();
    for (const [name, value] of series) {
      if (!/^velocity_exchanges_(received|completed)_total|service=""/.test(name)) continue;
      if (value < (counters.get(name) ?? 0)) wentBack.push(name);
      counters.set(name, value);
    }
    return series;
  };
  const [old] = publish([service('old', [1]), service('stays', [2])]) as [ServiceSnapshot];
  count(memory, 0, old.slot, 'connect_failed', 50);
  count(memory, 1, null, 'bad_request', 2);
  memory.workers[0]!.backendCounters[old.backends[0]!.slot * BACKEND_COUNTERS + BackendCounter.attempts] = 99;
  await readOn();

  publish([service('stays', [2])]);
  count(memory, 1, old.slot, 'connect_failed', 5);
  const without = await readOn();
  expect([...without.keys()].filter((name) => name.includes('service="old"'))).toEqual([]);

  const heir = publish([service('stays', [2]), service('heir', [3])])[1] as ServiceSnapshot;
  expect([heir.slot, heir.backends[0]!.slot]).toEqual([old.slot, old.backends[0]!.slot]);
  const afresh = await readOn();
  expect(afresh.get('velocity_exchanges_dropped_total{reason="connect_failed",service="heir"}')).toBe(0);
  expect(afresh.get('velocity_backend_attempts_total{backend="heir-3",service="heir"}')).toBe(0);
  expect(afresh.get('velocity_exchanges_dropped_total{reason="connect_failed",service=""}')).toBe(0);
  count(memory, 0, heir.slot, 'connect_failed', 3);
  const last = await readOn();
  expect(last.get('velocity_exchanges_dropped_total{reason="connect_failed",service="heir"}')).toBe(3);
  expect(last.get('velocity_exchanges_dropped_total{reason="connect_failed",service=""}')).toBe(0);
  expect(last.get('velocity_exchanges_dropped_total{reason="bad_request",service=""}')).toBe(2);
  expect(last.get('velocity_exchanges_completed_total{result="dropped"}')).toBe(60);
  expect(wentBack).toEqual([]);
  expect(counters.size).toBe(3 + STATUS_CLASSES + DROP_REASON_NAMES.length);
});

it('gives any service whole', async () => {
  const { registry, publish, read } = setUp({ services: 10, backends: 3 });
  publish([service('first', [1, 2]), service('second', [3, 4, 5])]);
  const up = (series: Series) =>
    [...series.keys()]
      .filter((name) => name.startsWith('velocity_backend_up'))
      .map((name) => labelsOf(name).get('backend'));
  expect(up(await read())).toEqual(['first-1', 'first-2', 'second-3']);
  const second = parseExposition(registry.scrapeService('second')!.text);
  expect(up(second)).toEqual(['second-3', 'second-4', 'second-5']);
  expect([...second.keys()].filter((name) => name.includes('service="first"'))).toEqual([]);
  expect(registry.scrapeService('third')).toBeNull();
});

it('escapes what a label may hold', async () => {
  const { publish, read } = setUp();
  publish([service('a"b\\c\nd', [1])]);
  const series = await read();
  expect(series.get('velocity_service_backends{service="a\\"b\\\\c\\nd"}')).toBe(1);
});
