import { describe, expect, it } from 'vitest';
import {
  backendSnapshot,
  BalancerFixture,
  serviceSnapshot,
} from '../../../../test/support/balancer.fixture.js';
import { breakerPolicies, CIRCUIT, EJECTION } from '../../../../test/support/outage.settings.js';
import { type BreakerPolicy, NO_POLICIES } from '../policies/index.js';
import { BackendOutages } from './backend.outages.js';
import { Verdict } from './circuit.breaker.js';
import type { OutageEvent } from './outage-event.js';

/** Two threads over one service; times are given by the test. */
function setUp(policy: Partial<BreakerPolicy>, count = 4) {
  const backends = Array.from({ length: count }, (_, slot) => backendSnapshot(slot));
  const service = serviceSnapshot({ backends, policies: breakerPolicies(policy) });
  const fixture = new BalancerFixture([service], 2);
  const events: OutageEvent[] = [];
  const tell = (event: OutageEvent) => events.push(event);
  const [one, other] = [
    new BackendOutages(fixture.memory, 0, tell),
    new BackendOutages(fixture.memory, 1, tell),
  ];
  const fail = (slot: number, nowMs: number, times = 1, by = one) => {
    for (let time = 0; time < times; time++) by.failed(service, backends[slot]!, nowMs);
  };
  const call = (slot: number, verdict: Verdict, nowMs: number, isSlow = false) =>
    one.count(service, backends[slot]!, { verdict, isSlow, nowMs });
  const available = () => backends.map(({ slot }) => fixture.states.isAvailable(slot));
  const kinds = () => events.map(({ kind, backend }) => `${kind} ${backend.slice(-1)}`);
  return { fixture, service, backends, one, other, fail, call, available, events, kinds };
}

describe('ejection', () => {
  it('takes a backend out after so many failures in a row, counted over all threads, and gives it back by time', () => {
    const { one, other, service, backends, fail, available, events, kinds } = setUp({ ejection: EJECTION });
    fail(1, 100, 2);
    one.succeeded(backends[1]!);
    fail(1, 100, 2);
    expect(available()).toEqual([true, true, true, true]);
    fail(1, 100, 1, other);
    expect(available()).toEqual([true, false, true, true]);
    expect(events[0]).toMatchObject({ kind: 'backend-ejected', service: 'shop', failures: 3, shadow: false });
    expect(one.settle(service, 200)).toBeGreaterThan(900);
    expect(one.ejectedForMs(1, 100)).toBeLessThanOrEqual(1_000);
    expect(other.settle(service, 1_101)).toBe(0);
    expect(available()).toEqual([true, true, true, true]);
    expect(one.settle(service, 1_102)).toBe(0);
    expect(kinds()).toEqual(['backend-ejected 1', 'backend-returned 1']);
  });

  it('lasts longer each time in a row, up to a maximum, and is forgotten by and by', () => {
    const { one, service, fail } = setUp({ ejection: EJECTION });
    let nowMs = 1_000;
    const lasts: number[] = [];
    for (let round = 0; round < 7; round++) {
      fail(0, nowMs, 3);
      const leftMs = one.ejectedForMs(0, nowMs)!;
      lasts.push(leftMs);
      nowMs += leftMs + 1;
      one.settle(service, nowMs);
    }
    for (const [round, ms] of lasts.entries()) {
      const fullMs = Math.min(5_000, 1_000 * (round + 1));
      expect(ms).toBeGreaterThanOrEqual(fullMs * 0.9 - 1);
      expect(ms).toBeLessThanOrEqual(fullMs);
    }
    nowMs += 6_000;
    fail(0, nowMs, 3);
    expect(one.ejectedForMs(0, nowMs)).toBeGreaterThan(1_700);
    expect(one.ejectedForMs(0, nowMs)).toBeLessThanOrEqual(2_000);
  });

  it('never takes out more than its share, nor the last one that can serve', () => {
    const { fixture, fail, available } = setUp({ ejection: EJECTION });
    for (const slot of [0, 1, 2, 3]) fail(slot, 100, 10);
    expect(available()).toEqual([false, false, true, true]);
    const alone = setUp({ ejection: { ...EJECTION, maxPercent: 100 } });
    for (const slot of [0, 1, 2, 3]) alone.fail(slot, 100, 10);
    expect(alone.available()).toEqual([false, false, false, true]);
    fixture.states.setHealth(3, 0, 'unhealthy');
    fail(2, 100, 10);
    expect(available()).toEqual([false, false, true, false]);
    const small = setUp({ ejection: { ...EJECTION, maxPercent: 10 } }, 3);
    small.fail(0, 100, 3);
    small.fail(1, 100, 3);
    expect(small.available()).toEqual([false, true, true]);
    const single = setUp({ ejection: EJECTION }, 1);
    single.fail(0, 100, 50);
    expect([single.available(), single.events]).toEqual([[true], []]);
  });

  it('counts those that the operator took out as nobody', () => {
    const { fixture, fail, available } = setUp({ ejection: { ...EJECTION, maxPercent: 100 } });
    for (const slot of [0, 1]) fixture.states.setAdminState(slot, 0, 'draining');
    fail(2, 100, 3);
    fail(3, 100, 3);
    expect(available()).toEqual([false, false, false, true]);
  });

  it('in shadow only tells, and so does the end', () => {
    const { one, service, fail, available, events } = setUp({ ejection: { ...EJECTION, shadow: true } });
    fail(0, 100, 20);
    expect(available()).toEqual([true, true, true, true]);
    one.settle(service, 2_000);
    expect(events.map(({ kind, shadow }) => [kind, shadow])).toEqual([
      ['backend-ejected', true],
      ['backend-returned', true],
    ]);
  });

  it('ends at once when it is switched off, or by an operator', () => {
    const { one, service, backends, fail, available } = setUp({ ejection: EJECTION });
    fail(0, 100, 3);
    fail(1, 100, 3);
    expect(one.restore(service, backends[0]!, 150)).toBe(true);
    expect(one.restore(service, backends[0]!, 150)).toBe(false);
    expect(available()).toEqual([true, false, true, true]);
    one.settle({ ...service, policies: NO_POLICIES }, 150);
    expect(available()).toEqual([true, true, true, true]);
  });
});

describe('the breaker of a backend', () => {
  it('opens at its share of failures once it has seen enough, and half-opens when its time is over', () => {
    const { one, other, service, backends, call, available, kinds, events } = setUp({ circuit: CIRCUIT });
    for (const verdict of [Verdict.success, Verdict.failure, Verdict.failure]) call(0, verdict, 100);
    expect(available()[0]).toBe(true);
    call(0, Verdict.failure, 100);
    expect(available()).toEqual([false, true, true, true]);
    expect(events[0]).toMatchObject({ kind: 'breaker-opened', failures: 3, calls: 4, slow: 0 });
    expect(one.beginTrial(service, backends[0]!, 200)).toBe(false);
    expect(one.settle(service, 1_101)).toBe(0);
    expect([one, other].map((thread) => thread.beginTrial(service, backends[0]!, 1_110))).toEqual([
      true,
      false,
    ]);
    other.endTrial(service, backends[0]!, Verdict.success, 1_200);
    expect(available()).toEqual([true, true, true, true]);
    expect(kinds()).toEqual(['breaker-opened 0', 'breaker-half-open 0', 'breaker-closed 0']);
    call(0, Verdict.failure, 1_300);
    expect(available()[0]).toBe(true);
  });

  it('stays open twice as long after each failed trial, up to a maximum', () => {
    const { one, service, backends, call, events } = setUp({ circuit: CIRCUIT });
    for (let count = 0; count < 4; count++) call(0, Verdict.failure, 100);
    let nowMs = 100;
    const lasts: number[] = [];
    for (let round = 0; round < 5; round++) {
      const nextMs = one.settle(service, nowMs);
      lasts.push(nextMs - nowMs);
      nowMs = nextMs + 1;
      one.settle(service, nowMs);
      expect(one.beginTrial(service, backends[0]!, nowMs)).toBe(true);
      one.endTrial(service, backends[0]!, Verdict.failure, nowMs);
    }
    for (const [round, ms] of lasts.entries()) {
      const fullMs = Math.min(4_000, 1_000 * 2 ** round);
      expect(ms).toBeGreaterThanOrEqual(fullMs * 0.9 - 1);
      expect(ms).toBeLessThanOrEqual(fullMs);
    }
    expect(events.at(-1)).toMatchObject({ kind: 'breaker-opened', failures: 1, calls: 1 });
  });

  it('lets another trial begin when one says nothing, or is lost with its worker', () => {
    const { one, other, service, backends, call } = setUp({ circuit: { ...CIRCUIT, probes: 2 } });
    for (let count = 0; count < 4; count++) call(0, Verdict.failure, 100);
    one.settle(service, 1_200);
    const begin = (thread: BackendOutages, nowMs: number) => thread.beginTrial(service, backends[0]!, nowMs);
    expect([begin(one, 1_200), begin(other, 1_200), begin(one, 1_200)]).toEqual([true, true, false]);
    one.endTrial(service, backends[0]!, Verdict.neutral, 1_300);
    expect([begin(other, 1_300), begin(other, 1_300)]).toEqual([true, false]);
    one.endTrial(service, backends[0]!, Verdict.success, 1_400);
    expect(begin(other, 1_500)).toBe(false);
    // The other trial never ends.
    expect([begin(other, 2_300), begin(other, 2_300)]).toEqual([true, false]);
    one.endTrial(service, backends[0]!, Verdict.success, 2_400);
    expect(one.settle(service, 2_400)).toBe(0);
    expect(begin(other, 2_400)).toBe(false);
  });

  it('opens for slow calls alone where that is asked for', () => {
    const slow = { ...CIRCUIT, slowPercent: 75, slowMs: 10 };
    const { call, available, events } = setUp({ circuit: slow });
    call(0, Verdict.success, 100);
    for (let count = 0; count < 3; count++)
      call(0, count === 0 ? Verdict.neutral : Verdict.success, 100, true);
    expect(available()[0]).toBe(false);
    expect(events[0]).toMatchObject({ failures: 0, slow: 3, calls: 4 });
    const indifferent = setUp({ circuit: CIRCUIT });
    for (let count = 0; count < 9; count++) indifferent.call(0, Verdict.success, 100, true);
    expect(indifferent.available()[0]).toBe(true);
  });

  it('counts only what came within its window', () => {
    const { call, available } = setUp({ circuit: CIRCUIT });
    for (let count = 0; count < 3; count++) call(0, Verdict.failure, 1_000);
    call(0, Verdict.failure, 10_000);
    expect(available()[0]).toBe(true);
  });

  it('keeps nobody out in shadow, and is closed when it is switched off', () => {
    const { one, service, call, available, events } = setUp({ circuit: { ...CIRCUIT, shadow: true } });
    for (let count = 0; count < 4; count++) call(0, Verdict.failure, 100);
    expect([available()[0], events[0]]).toMatchObject([true, { kind: 'breaker-opened', shadow: true }]);
    one.settle({ ...service, policies: breakerPolicies({ circuit: CIRCUIT }) }, 200);
    expect(available()[0]).toBe(false);
    one.settle({ ...service, policies: NO_POLICIES }, 200);
    expect(available()[0]).toBe(true);
    expect(events.at(-1)!.kind).toBe('breaker-closed');
  });
});
