import { monotonicMs } from '../../../../../common/contract/index.js';
import type { Exchange } from '../../../exchange.js';
import type { GateFlow } from '../../gate.js';
import type { LimitList } from '../limit.book.js';
import type { LimitRule } from '../limit.rule.js';
import type { SharedVerdict } from './shared-counts.js';

/** One rule that an exchange asks about. */
export interface AskedRule {
  readonly rule: LimitRule;
  readonly name: string;
  /** null: no answer, or none yet. */
  verdict: SharedVerdict | null;
}

/** An exchange that waits for what other balancers have counted. */
export class SharedAsk {
  readonly asked: AskedRule[] = [];
  /** Rules that have not been answered. */
  open = 0;
  /** Monotonic milliseconds. */
  readonly sentMs = monotonicMs();
  /** Nobody waits for the answers any more. */
  isOver = false;
  /** The next one that was asked. */
  next: SharedAsk | null = null;

  constructor(
    readonly exchange: Exchange,
    readonly flow: GateFlow,
    readonly list: LimitList,
    /** In the form that the rules compare. */
    readonly path: string,
  ) {}
}

/**
 * Asks in the order they were sent, which is that of their deadlines, as all have the same time: one timer for all.
 */
export class AskQueue {
  private first: SharedAsk | null = null;
  private last: SharedAsk | null = null;
  private timer: NodeJS.Timeout | null = null;

  /** @param onLate Is called with each one that is not over in time; it must then be over. */
  constructor(
    private readonly timeoutMs: number,
    private readonly onLate: (ask: SharedAsk) => void,
  ) {}

  add(ask: SharedAsk): void {
    if (this.last === null) this.first = ask;
    else this.last.next = ask;
    this.last = ask;
    if (this.timer === null) this.arm(this.timeoutMs);
  }

  /** What has already arrived is read before anything is called late: a timer may fire after this thread stood still. */
  private arm(delayMs: number): void {
    this.timer = setTimeout(() => setImmediate(() => this.expire()), delayMs).unref();
  }

  private expire(): void {
    this.timer = null;
    const nowMs = monotonicMs();
    for (let ask = this.first; ask !== null; ask = ask.next) {
      const leftMs = ask.sentMs + this.timeoutMs - nowMs;
      if (!ask.isOver && leftMs > 0) {
        this.first = ask;
        return this.arm(Math.ceil(leftMs));
      }
      if (!ask.isOver) this.onLate(ask);
    }
    this.first = null;
    this.last = null;
  }
}
