import { expect, it } from 'vitest';
import { BackendOutages, monotonicMs, type BreakerPolicy, Verdict } from '../../common/contract/index.js';
import {
  backendSnapshot,
  BalancerFixture,
  serviceSnapshot,
  snapshotOf,
  TestContext,
} from '../../../test/support/balancer.fixture.js';
import { breakerPolicies, CIRCUIT, EJECTION } from '../../../test/support/outage.settings.js';
import { Balancer } from './balancer.js';

function setUp(policy: Partial<BreakerPolicy>, count: number) {
  const backends = Array.from({ length: count }, (_, slot) => backendSnapshot(slot));
  const snapshot = serviceSnapshot({ backends, policies: breakerPolicies(policy) });
  const fixture = new BalancerFixture([snapshot], 2);
  const balancer = new Balancer(fixture.memory, 0);
  balancer.use(snapshotOf([snapshot]));
  const service = balancer.serviceNamed('shop')!;
  const pick = (context = new TestContext()) => {
    const backend = balancer.pick(service, context);
    if (backend !== null) balancer.release(service, backend);
    return backend === null ? null : { slot: backend.snapshot.slot, isTrial: context.isTrial };
  };
  const slots = (picks: number) => new Set(Array.from({ length: picks }, () => pick()?.slot ?? -1));
  /** By another worker. */
  const outages = new BackendOutages(fixture.memory, 1);
  const open = (slot: number) => {
    const call = { verdict: Verdict.failure, isSlow: false, nowMs: monotonicMs() - 2_000 };
    for (let count2 = 0; count2 < 4; count2++) outages.count(snapshot, backends[slot]!, call);
  };
  return { fixture, balancer, service, snapshot, backends, pick, slots, outages, open };
}

it('lets ejected backends serve rather than nobody, when all others have gone after them', () => {
  const { fixture, backends, snapshot, outages, slots, pick } = setUp({ ejection: EJECTION }, 3);
  for (let count = 0; count < 3; count++) outages.failed(snapshot, backends[0]!, monotonicMs());
  expect(slots(6)).toEqual(new Set([1, 2]));
  fixture.states.setHealth(1, 0, 'unhealthy');
  fixture.states.setAdminState(2, 0, 'draining');
  expect(pick()).toEqual({ slot: 0, isTrial: false });
  fixture.states.setHealth(0, 0, 'unhealthy');
  expect(pick()).toBeNull();
});

it('sends the next attempt to a half-open backend as its one trial, unless it was tried already', () => {
  const { backends, snapshot, open, outages, pick, slots } = setUp({ circuit: CIRCUIT }, 3);
  // Long enough ago that its time is over now.
  open(1);
  const tried = new TestContext();
  const first = setUp({ circuit: CIRCUIT }, 3);
  tried.tried.push(first.service.backends[1]!);
  first.open(1);
  expect(first.pick(tried)).toMatchObject({ isTrial: false });
  expect(pick()).toEqual({ slot: 1, isTrial: true });
  expect(slots(6)).toEqual(new Set([0, 2]));
  outages.endTrial(snapshot, backends[1]!, Verdict.success, monotonicMs());
  expect(slots(6)).toEqual(new Set([0, 1, 2]));
});

it('makes a trial also where nothing else is left', () => {
  const { open, pick } = setUp({ circuit: CIRCUIT }, 1);
  open(0);
  expect([pick(), pick()]).toEqual([{ slot: 0, isTrial: true }, null]);
});

it('below the panic threshold ignores what live traffic did, but neither probes nor the operator', () => {
  const circuit = { ...CIRCUIT, openMs: 60_000, maxOpenMs: 60_000 };
  const { fixture, open, slots } = setUp({ panicPercent: 50, circuit }, 6);
  for (const slot of [0, 1, 2]) open(slot);
  expect(slots(12)).toEqual(new Set([3, 4, 5]));
  // Two of six: fewer than half.
  fixture.states.setHealth(3, 0, 'unhealthy');
  expect(slots(12)).toEqual(new Set([0, 1, 2, 4, 5]));
  fixture.states.setHealth(2, 0, 'unhealthy');
  expect(slots(12)).toEqual(new Set([0, 1, 4, 5]));
  // Whom the operator took out counts as nobody: two of four are half.
  for (const slot of [0, 1]) fixture.states.setAdminState(slot, 0, 'draining');
  expect(slots(12)).toEqual(new Set([4, 5]));
});
