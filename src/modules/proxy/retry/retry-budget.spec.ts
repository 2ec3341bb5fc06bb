import { array, assert, constantFrom, integer, nat, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_RETRIES, RetryCell, SharedMemory } from '../../../common/contract/index.js';
import { RetryBudget } from './retry-budget.js';

const SETTINGS = { ...NO_RETRIES, attempts: 2, budgetPercent: 20, budgetMinPerSecond: 3 };
/** So that the first second is not the one that empty memory stands for. */
const START_MS = 5_000_000;

function budgets(count: number) {
  const memory = new SharedMemory({ workers: count, backendCapacity: 1, serviceCapacity: 2 });
  return { memory, budgets: memory.workers.map((_, worker) => new RetryBudget(memory, worker)) };
}

function takeAll(budget: RetryBudget, nowMs: number, settings = SETTINGS): number {
  let taken = 0;
  while (taken < 10_000 && budget.take(0, settings, nowMs)) taken++;
  return taken;
}

describe('RetryBudget', () => {
  it('allows ten times the minimum per second, and that again when it is 10 seconds ago', () => {
    const [budget] = budgets(1).budgets as [RetryBudget];
    expect(takeAll(budget, START_MS)).toBe(30);
    expect(takeAll(budget, START_MS + 10_000)).toBe(0);
    expect(takeAll(budget, START_MS + 11_000)).toBe(30);
    expect(takeAll(budget, START_MS + 3_600_000)).toBe(30);
  });

  it('allows its share of the requests where that is more', () => {
    const [budget] = budgets(1).budgets as [RetryBudget];
    for (let index = 0; index < 1000; index++) budget.countRequest(0, START_MS + index);
    expect(takeAll(budget, START_MS + 1_000)).toBe(200);
    // Requests of the slice that is 10 s ago count no more, the extra tries of the one behind it still do.
    for (let index = 0; index < 100; index++) budget.countRequest(0, START_MS + 10_000);
    expect(takeAll(budget, START_MS + 10_500)).toBe(0);
  });

  it('counts each service for itself, and nothing where all is 0', () => {
    const [budget] = budgets(1).budgets as [RetryBudget];
    expect(takeAll(budget, START_MS)).toBe(30);
    expect(budget.take(1, SETTINGS, START_MS)).toBe(true);
    const none = { ...SETTINGS, budgetPercent: 0, budgetMinPerSecond: 0 };
    budget.countRequest(1, START_MS);
    expect(budget.take(1, none, START_MS)).toBe(false);
  });

  it('keeps the rule for every interval of 10 s, whichever workers ask', () => {
    const steps = array(
      record({
        afterMs: constantFrom(0, 0, 0, 1, 40, 400, 900, 1000, 9_000, 30_000),
        requests: nat(40),
        tries: nat(30),
        worker: nat(2),
      }),
      { maxLength: 120 },
    );
    const cases = property(
      steps,
      integer({ min: 0, max: 100 }),
      integer({ min: 0, max: 4 }),
      (list, percent, min) => {
        const settings = { ...SETTINGS, budgetPercent: percent, budgetMinPerSecond: min };
        const three = budgets(3).budgets;
        const requests: number[] = [];
        const extra: number[] = [];
        let nowMs = START_MS;
        for (const step of list) {
          nowMs += step.afterMs;
          for (let index = 0; index < step.requests; index++) {
            three[step.worker]!.countRequest(0, nowMs);
            requests.push(nowMs);
          }
          for (let index = 0; index < step.tries; index++) {
            if (three[step.worker]!.take(0, settings, nowMs)) extra.push(nowMs);
          }
          const since = (times: readonly number[]) => times.filter((time) => time > nowMs - 10_000).length;
          const allowed = Math.max((percent * since(requests)) / 100, min * 10);
          // Of the interval that ends here. Later requests may not excuse earlier tries: each was checked when it was made.
          if (extra.at(-1) === nowMs) expect(since(extra)).toBeLessThanOrEqual(allowed);
        }
      },
    );
    assert(cases, { numRuns: 200 });
  });

  it('is not stopped by a lock that a dead worker left: it goes on after a bounded wait', () => {
    const { memory, budgets: both } = budgets(2);
    Atomics.store(memory.outcomes.retries, RetryCell.lock, 1);
    expect(both[1]!.take(0, SETTINGS, START_MS)).toBe(true);
  });
});
