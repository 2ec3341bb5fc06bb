import {
  monotonicMs,
  RETRY_COUNTERS,
  RetryCounter,
  type WorkerCells,
} from '../../../common/contract/index.js';
import { DeadlineTicker } from '../deadline.ticker.js';
import type { AttemptFailure, Exchange, WaitingPlace } from '../exchange.js';
import { maySkipPause } from '../retry-decision.js';
import { backoffMs } from './backoff.js';
import type { RetryBudget } from './retry-budget.js';
import { type RetryFlow, RetryWait } from './retry-wait.js';

/** Pauses end at most so much late: below the shortest that is worth configuring. */
const RESOLUTION_MS = 5;

/** Grants further tries out of the budget, and keeps exchanges between two tries. */
export class Retrier implements WaitingPlace {
  private readonly ticker = new DeadlineTicker(RESOLUTION_MS);

  /** @param budget null: as many as are asked for. */
  constructor(
    private readonly cells: WorkerCells,
    private readonly budget: RetryBudget | null,
  ) {}

  /** An exchange is about to have its first attempt. */
  begin(exchange: Exchange): void {
    const { retries, startedMs } = exchange;
    if (retries.attempts === 0 && retries.hedgeAttempts === 0) return;
    this.budget?.countRequest(exchange.service!.snapshot.slot, startedMs);
  }

  /** Takes a further try out of the budget; false: it is used up. */
  grant(exchange: Exchange): boolean {
    if (this.takes(exchange, monotonicMs())) {
      this.count(exchange, RetryCounter.retries);
      exchange.retriesMade++;
      return true;
    }
    this.count(exchange, RetryCounter.refused);
    return false;
  }

  /** The same for an attempt beside the first. */
  grantHedge(exchange: Exchange): boolean {
    const isGranted = this.takes(exchange, monotonicMs());
    this.count(exchange, isGranted ? RetryCounter.hedges : RetryCounter.hedgesRefused);
    return isGranted;
  }

  /** It was answered first. */
  hedgeWon(exchange: Exchange): void {
    this.count(exchange, RetryCounter.hedgesWon);
  }

  /** Milliseconds before the try that was granted last; 0: at once. `isElsewhere`: on a backend that has not been tried. */
  pauseMs(exchange: Exchange, failure: AttemptFailure, isElsewhere: boolean): number {
    const before = exchange.retriesMade - 1;
    if (isElsewhere && before === 0 && maySkipPause(exchange, failure)) return 0;
    return backoffMs(exchange.retries, before, Math.random());
  }

  /** Has the flow resume an exchange, which is parked, after a pause. */
  wait(exchange: Exchange, pauseMs: number, flow: RetryFlow): void {
    exchange.retryWait = new RetryWait(exchange, monotonicMs() + pauseMs, flow);
    this.ticker.add(exchange.retryWait);
  }

  /** The pause is over, or the exchange. */
  abandon(exchange: Exchange): void {
    if (exchange.retryWait !== null) this.ticker.remove(exchange.retryWait);
    exchange.retryWait = null;
  }

  private takes(exchange: Exchange, nowMs: number): boolean {
    const { budget } = this;
    const isGranted =
      budget === null || budget.take(exchange.service!.snapshot.slot, exchange.retries, nowMs);
    exchange.budgetGranted = isGranted;
    return isGranted;
  }

  private count(exchange: Exchange, counter: number): void {
    this.cells.retries[exchange.service!.snapshot.slot * RETRY_COUNTERS + counter]! += 1;
  }
}
