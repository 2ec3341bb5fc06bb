import type { DropReason, SharedMemory, Snapshot } from '../../../../common/contract/index.js';
import type { Exchange } from '../../exchange.js';
import type { Policy } from '../policy.js';
import { takeLimitTrace } from '../../decision/limit.trace.js';
import { LimitBook } from './limit.book.js';
import { LimitCounter } from './limit.counter.js';

/**
 * Rate limits: so many exchanges in a time, by client address, endpoint or header. Exact over all workers, see
 * {@link LimitCounter}. What one rule refuses is given back to the rules before it, so a refusal costs nothing elsewhere.
 */
export class RateLimitPolicy implements Policy {
  readonly name = 'rate-limit';
  private readonly book: LimitBook;
  private readonly counter: LimitCounter;

  constructor(memory: SharedMemory, worker: number) {
    this.book = new LimitBook(memory.rateLimits.seeds);
    this.counter = new LimitCounter(memory, worker);
  }

  use(snapshot: Snapshot): void {
    this.book.use(snapshot);
  }

  admit(exchange: Exchange): DropReason | null {
    const list = this.book.listOf(exchange);
    if (list === null) return null;
    const { rules } = list;
    const path = list.pathOf(exchange);
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index]!;
      if (!rule.appliesTo(exchange, path)) continue;
      const waitMs = this.counter.take(rule, exchange, path);
      exchange.limitTrace ??= takeLimitTrace();
      exchange.limitTrace.note(rule, this.counter.left, waitMs);
      if (waitMs === 0) continue;
      if (rule.settings.shadow) {
        exchange.shadowReason ??= 'rate_limited';
        continue;
      }
      exchange.limit = { settings: rule.settings, waitMs };
      this.counter.giveBack(list, index, exchange, path);
      return 'rate_limited';
    }
    return null;
  }
}
