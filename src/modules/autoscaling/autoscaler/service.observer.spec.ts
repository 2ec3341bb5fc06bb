import { expect, it } from 'vitest';
import {
  LATENCY_BUCKETS,
  LEDGER_CELLS,
  LedgerCell,
  latencyBucket,
  SERVICE_CELLS,
  ServiceCell,
  SharedMemory,
} from '../../../common/contract/index.js';
import { type LoadElsewhere, NOTHING_ELSEWHERE } from '../../coordination/index.js';
import { ServiceObserver } from './service.observer.js';

const SLOT = 3;
const BEGIN = 1_790_000_000_000;

function observed() {
  const memory = new SharedMemory({ workers: 2, backendCapacity: 8, serviceCapacity: 8 });
  const observer = new ServiceObserver(memory);
  const set = (inFlight: number, waiting: number) => {
    memory.services[SLOT * SERVICE_CELLS + ServiceCell.inFlight] = inFlight;
    memory.services[SLOT * SERVICE_CELLS + ServiceCell.waiting] = waiting;
  };
  const receive = (worker: number, count: number) => {
    memory.workers[worker]!.serviceLedger[SLOT * LEDGER_CELLS + LedgerCell.received]! += count;
  };
  const answer = (worker: number, latencyMs: number, count: number) => {
    const bucket = SLOT * LATENCY_BUCKETS + latencyBucket(latencyMs * 1_000);
    memory.workers[worker]!.serviceLatency[bucket]! += count;
  };
  return { observer, set, receive, answer };
}

it('knows the mean of the last samples, and what waits now', () => {
  const { observer, set } = observed();
  for (const [index, inFlight] of [90, 10, 20, 30, 40].entries()) {
    set(inFlight, inFlight / 10);
    observer.sample(SLOT, BEGIN + index);
  }
  set(50, 7);
  expect(observer.look(SLOT, BEGIN + 9)).toMatchObject({ inFlight: 30, queue: 3.4, waiting: 7 });
});

it('counts over all workers what came since the last look', () => {
  const { observer, receive, answer } = observed();
  receive(0, 500);
  answer(0, 900, 100);
  expect(observer.look(SLOT, BEGIN)).toMatchObject({ requestsPerSecond: null, p95Ms: null });
  receive(0, 30);
  receive(1, 20);
  answer(0, 10, 90);
  answer(1, 200, 10);
  const { requestsPerSecond, p95Ms } = observer.look(SLOT, BEGIN + 2_000);
  expect(requestsPerSecond).toBe(25);
  expect(p95Ms).toBeGreaterThan(150);
  expect(p95Ms).toBeLessThan(260);
  answer(1, 200, 9);
  expect(observer.look(SLOT, BEGIN + 4_000)).toMatchObject({ requestsPerSecond: 0, p95Ms: null });
});

it('adds what other balancers have, and counts their responses as if in the same time', () => {
  const { observer, set, receive, answer } = observed();
  const latencyRates = new Float64Array(LATENCY_BUCKETS);
  // 100 in two seconds, of which ours are 100 as well.
  latencyRates[latencyBucket(200_000)] = 0.05;
  const elsewhere: LoadElsewhere = {
    isComplete: true,
    inFlight: 40.2,
    queue: 4,
    waiting: 5,
    requestsPerSecond: 25,
    responses: 500,
    latencyRates,
  };
  observer.look(SLOT, BEGIN);
  set(10, 2);
  receive(0, 50);
  answer(0, 10, 100);
  const seen = observer.look(SLOT, BEGIN + 2_000, elsewhere);
  expect(seen).toMatchObject({ inFlight: 45.2, queue: 5, waiting: 7, requestsPerSecond: 50 });
  // Half of all are the slow ones: with ours alone it would be 10 ms.
  expect(seen.p95Ms).toBeGreaterThan(150);
  expect(seen.p95Ms).toBeLessThan(260);
  expect(observer.lastRequestAt).toBe(BEGIN + 2_000);
});

it('takes a request at another balancer for one, and nothing else there', () => {
  const { observer } = observed();
  observer.look(SLOT, BEGIN, NOTHING_ELSEWHERE);
  expect(observer.lastRequestAt).toBe(null);
  observer.look(SLOT, BEGIN + 1_000, { ...NOTHING_ELSEWHERE, requestsPerSecond: 0.1 });
  expect(observer.lastRequestAt).toBe(BEGIN + 1_000);
});

it('knows when the last request came, and nothing of those before it began', () => {
  const { observer, receive, set } = observed();
  receive(0, 500);
  expect(observer.sample(SLOT, BEGIN)).toBe(false);
  expect(observer.lastRequestAt).toBe(null);
  receive(1, 1);
  expect(observer.sample(SLOT, BEGIN + 50)).toBe(true);
  expect(observer.sample(SLOT, BEGIN + 100)).toBe(false);
  expect(observer.lastRequestAt).toBe(BEGIN + 50);
  set(1, 0);
  observer.sample(SLOT, BEGIN + 150);
  expect(observer.lastRequestAt).toBe(BEGIN + 150);
});
