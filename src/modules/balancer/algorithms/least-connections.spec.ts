import { expect, it } from 'vitest';
import {
  algorithmSettings,
  backendSnapshot,
  balancedService,
  seededRandom,
  TestContext,
} from '../../../../test/support/balancer.fixture.js';
import type { BackendRuntime } from '../backend-runtime.js';

function setUp(weights: readonly number[]) {
  const backends = weights.map((weight, slot) => backendSnapshot(slot, { weight }));
  return balancedService(algorithmSettings('least-connections'), backends);
}

it('never picks a backend with more in flight per weight than another, over random arrivals and ends', () => {
  const random = seededRandom(21);
  const weights = [1, 2, 3, 7, 1, 10];
  const { balancer, service, fixture } = setUp(weights);
  const running: BackendRuntime[] = [];
  for (let step = 0; step < 5000; step++) {
    if (running.length > 0 && random() < 0.49) {
      const [ended] = running.splice(Math.floor(random() * running.length), 1);
      balancer.release(service, ended!);
      continue;
    }
    const loads = weights.map((weight, slot) => fixture.inFlight(slot) / weight);
    const backend = balancer.pick(service, new TestContext())!;
    expect(loads[backend.snapshot.slot]).toBe(Math.min(...loads));
    running.push(backend);
  }
});

it('lets equal ones take turns, in proportion to their weights', () => {
  const { balancer, service } = setUp([3, 1]);
  const counts = [0, 0];
  for (let exchange = 0; exchange < 400; exchange++) {
    const backend = balancer.pick(service, new TestContext())!;
    counts[backend.snapshot.slot]! += 1;
    balancer.release(service, backend);
  }
  expect(counts).toEqual([300, 100]);
});

it('rotates evenly among those that are tied while others are busier', () => {
  const { balancer, service, fixture } = setUp([1, 1, 1, 1]);
  fixture.setInFlight(1, 5);
  const counts = [0, 0, 0, 0];
  for (let exchange = 0; exchange < 300; exchange++) {
    const backend = balancer.pick(service, new TestContext())!;
    counts[backend.snapshot.slot]! += 1;
    balancer.release(service, backend);
  }
  expect(counts).toEqual([100, 0, 100, 100]);
});

it('passes over a tried backend even when it is the idlest', () => {
  const { balancer, service, fixture } = setUp([1, 1000, 1]);
  fixture.setInFlight(0, 40);
  fixture.setInFlight(2, 30);
  const context = new TestContext();
  context.tried = [service.backends[1]!];
  expect(balancer.pick(service, context)!.snapshot.slot).toBe(2);
});
