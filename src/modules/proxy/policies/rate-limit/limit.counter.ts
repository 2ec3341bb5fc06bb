import type { SharedMemory } from '../../../../common/contract/index.js';
import { AddressKey } from '../../connections/address.key.js';
import type { Exchange } from '../../exchange.js';
import type { LimitList } from './limit.book.js';
import { LimitKey } from './limit-key.js';
import type { LimitRule } from './limit.rule.js';
import { LimitTable } from './limit.table.js';

/** Counts exchanges against rate limits, exactly over all workers of this balancer. Allocates nothing. */
export class LimitCounter {
  private readonly table: LimitTable;
  private readonly parts: { readonly key: LimitKey; readonly address: AddressKey };

  constructor(memory: SharedMemory, worker: number) {
    this.table = new LimitTable(memory.rateLimits, worker);
    this.parts = { key: new LimitKey(memory.rateLimits.seeds), address: new AddressKey() };
  }

  /** Exchanges that could follow at once the one that was taken last. */
  get left(): number {
    return this.table.left;
  }

  /**
   * 0: it is admitted and counted; else the milliseconds until one would be. The clock is that of the exchange: when its
   * head was complete.
   */
  take(rule: LimitRule, exchange: Exchange, path: string): number {
    rule.readKey(exchange, path, this.parts);
    return this.table.take(this.parts.key, exchange.startedMs, rule.intervalMs, rule.settings.burst);
  }

  /**
   * Gives back what the exchange took of the rules before `end`, as it is refused. Those in shadow keep what they
   * counted: they show what they would do on their own.
   */
  giveBack(list: LimitList, end: number, exchange: Exchange, path: string): void {
    for (let index = 0; index < end; index++) {
      const rule = list.rules[index]!;
      if (rule.settings.shadow || !rule.appliesTo(exchange, path)) continue;
      rule.readKey(exchange, path, this.parts);
      this.table.giveBack(this.parts.key, rule.intervalMs);
    }
  }

  /** Somebody else has counted too: the allowance of its key is whole again at `arrivalMs` at the earliest. */
  raise(rule: LimitRule, exchange: Exchange, path: string, arrivalMs: number): void {
    rule.readKey(exchange, path, this.parts);
    this.table.raise(this.parts.key, arrivalMs);
  }
}
