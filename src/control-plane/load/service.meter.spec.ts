import { expect, it } from 'vitest';
import {
  LATENCY_BUCKETS,
  LEDGER_CELLS,
  LedgerCell,
  SERVICE_CELLS,
  ServiceCell,
  SharedMemory,
} from '../../common/contract/index.js';
import { ServiceMeter } from './service.meter.js';

const SLOT = 2;

function metered(windowMs = 2_000) {
  const memory = new SharedMemory({ workers: 2, backendCapacity: 8, serviceCapacity: 8 });
  const meter = new ServiceMeter(memory, { name: 'shop', slot: SLOT, windowMs, hasLatency: true });
  const set = (inFlight: number, waiting = 0) => {
    memory.services[SLOT * SERVICE_CELLS + ServiceCell.inFlight] = inFlight;
    memory.services[SLOT * SERVICE_CELLS + ServiceCell.waiting] = waiting;
  };
  const receive = (worker: number, count: number) => {
    memory.workers[worker]!.serviceLedger[SLOT * LEDGER_CELLS + LedgerCell.received]! += count;
  };
  const answer = (worker: number, bucket: number, count: number) => {
    memory.workers[worker]!.serviceLatency[SLOT * LATENCY_BUCKETS + bucket]! += count;
  };
  return { meter, set, receive, answer };
}

it('has nothing to say of a service without traffic, whatever was before it began', () => {
  const { meter, receive, answer } = metered();
  receive(0, 500);
  answer(0, 5, 500);
  meter.sample(0);
  expect(meter.load(1_000)).toBeNull();
});

it('has the mean of the last two seconds, and who waits now', () => {
  const { meter, set } = metered();
  for (let sample = 0; sample < 9; sample++) {
    set(sample < 4 ? 10 : 20, 1);
    meter.sample(sample * 200);
  }
  set(30, 6);
  expect(meter.load(1_800)).toMatchObject({ name: 'shop', inFlight: 17, queue: 1.5, waiting: 6 });
});

it('counts over all workers what came and was answered within its window', () => {
  const { meter, receive, answer } = metered(2_000);
  receive(0, 1_000);
  for (let now = 0; now <= 10_000; now += 200) {
    receive(now % 400 === 0 ? 0 : 1, 2);
    answer(1, 7, 1);
    meter.sample(now);
  }
  answer(0, 9, 3);
  const load = meter.load(10_000)!;
  expect(load.windowMs).toBeGreaterThanOrEqual(2_000);
  expect(load.windowMs).toBeLessThanOrEqual(3_000);
  expect(load.requestsPerSecond).toBe(10);
  expect(load.latency).toEqual([7, load.windowMs / 200, 9, 3]);
});

it('says whether somebody waits or has come', () => {
  const { meter, set, receive } = metered();
  expect(meter.sample(0)).toBe(false);
  receive(1, 1);
  expect(meter.sample(200)).toBe(true);
  meter.sample(2_000);
  expect(meter.sample(2_200)).toBe(false);
  set(1, 1);
  expect(meter.sample(2_400)).toBe(true);
});
