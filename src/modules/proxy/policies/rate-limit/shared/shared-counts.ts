import type { LimitRule } from '../limit.rule.js';

/** What the count over several balancers says about one more exchange. */
export interface SharedVerdict {
  /** 0: it is admitted and counted; else milliseconds until one would be. */
  readonly waitMs: number;
  /** Until the key's whole allowance is there again, milliseconds from when it was asked. */
  readonly aheadMs: number;
}

/** Where several balancers count as one. Names are those of {@link LimitRule.sharedName}. */
export interface SharedCounts {
  /** Whether it can be asked now; false: nobody should wait for it. */
  readonly isReady: boolean;
  /** Whether any rule needs it at present; only then it connects. */
  use(isNeeded: boolean): void;
  /** Rejects when it could not be asked. */
  take(rule: LimitRule, name: string): Promise<SharedVerdict>;
  /** Gives back what `take` took; never fails. */
  giveBack(rule: LimitRule, name: string): void;
  /** An answer has not come in time: nobody should ask any more for a while. */
  wasLate(): void;
}
