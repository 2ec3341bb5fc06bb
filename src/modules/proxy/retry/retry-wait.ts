import type { Timed } from '../deadline.ticker.js';
import type { Exchange } from '../exchange.js';

/** Whoever goes on with an exchange after its pause. */
export interface RetryFlow {
  resume(exchange: Exchange): void;
}

/** One exchange between two attempts. */
export class RetryWait implements Timed {
  constructor(
    readonly exchange: Exchange,
    /** Monotonic milliseconds. */
    public deadlineMs: number,
    private readonly flow: RetryFlow,
  ) {}

  onDeadline(): void {
    this.flow.resume(this.exchange);
  }
}
