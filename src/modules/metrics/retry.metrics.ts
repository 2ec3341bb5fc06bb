import {
  monotonicMs,
  RETRY_CELLS,
  RETRY_COUNTERS,
  RETRY_SLICES,
  RetryCell,
  RetryCounter,
  type SharedMemory,
} from '../../common/contract/index.js';
import type { ServicesBySlot } from './services.by-slot.js';
import { counters, gauge, type SlotMetric } from './slot.metric.js';
import { WorkerSums } from './worker.sums.js';

const RETRY_RESULTS = [RetryCounter.retries, RetryCounter.refused];
const HEDGE_RESULTS = [RetryCounter.hedges, RetryCounter.hedgesWon, RetryCounter.hedgesRefused];

/** Seconds that the budget of retries looks at. */
const BUDGET_SECONDS = 10;

/** What became of the wish to try again, and how much of the budget is left. */
export function retryMetrics(memory: SharedMemory, services: ServicesBySlot): readonly SlotMetric[] {
  const sums = new WorkerSums(
    memory.workers.map((cells) => cells.retries),
    RETRY_COUNTERS,
  );
  const { retries: cells } = memory.outcomes;
  return [
    counters(
      {
        name: 'velocity_retries_total',
        help: 'Further tries after a failed one: made, or not for want of budget.',
      },
      'result',
      ['made', 'budget_exhausted'],
      (slot, index) => sums.at(slot, RETRY_RESULTS[index]!),
    ),
    counters(
      {
        name: 'velocity_hedges_total',
        help: 'Second attempts beside a slow one: made, of these answered first (won), or not made for want of budget.',
      },
      'result',
      ['made', 'won', 'budget_exhausted'],
      (slot, index) => sums.at(slot, HEDGE_RESULTS[index]!),
    ),
    gauge(
      'velocity_retry_budget_used',
      'Retries and hedges of the last ten seconds, which the budget limits.',
      (slot) => lately(cells, slot, RetryCell.extra),
    ),
    gauge(
      'velocity_retry_budget_allowed',
      'Retries and hedges that the budget allows for ten seconds like the last.',
      (slot) => {
        const settings = services.retries(slot);
        if (settings === null || (settings.attempts === 0 && settings.hedgeAttempts === 0)) return 0;
        const share = (settings.budgetPercent * lately(cells, slot, RetryCell.requests)) / 100;
        return Math.max(share, settings.budgetMinPerSecond * BUDGET_SECONDS);
      },
    ),
  ];
}

/** Sum of the slices of the last seconds. Those that nobody has counted in since hold others, long ago. */
function lately(cells: Int32Array, slot: number, first: number): number {
  const row = slot * RETRY_CELLS;
  const latest = Atomics.load(cells, row + RetryCell.second);
  const now = Math.floor(monotonicMs() / 1_000) | 0;
  const behind = Math.max(0, (now - latest) | 0);
  let sum = 0;
  for (let back = behind; back < BUDGET_SECONDS; back++) {
    const slice = ((now - back) >>> 0) % RETRY_SLICES;
    sum += Atomics.load(cells, row + first + slice);
  }
  return sum;
}
