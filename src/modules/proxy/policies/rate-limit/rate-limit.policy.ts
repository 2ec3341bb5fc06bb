import type { DropReason, SharedMemory, Snapshot } from '../../../../common/contract/index.js';
import { AddressKey } from '../../connections/address.key.js';
import type { Exchange } from '../../exchange.js';
import type { Policy } from '../policy.js';
import { LimitKey } from './limit-key.js';
import { LimitRule } from './limit.rule.js';
import { LimitTable } from './limit.table.js';
import { plainPath } from './path.pattern.js';

/**
 * Rate limits: so many exchanges in a time, by client address, endpoint or header. Exact over all workers, see
 * {@link LimitTable}. What one rule refuses is given back to the rules before it, so a refusal costs nothing elsewhere.
 */
export class RateLimitPolicy implements Policy {
  readonly name = 'rate-limit';
  private readonly table: LimitTable;
  private readonly parts: { readonly key: LimitKey; readonly address: AddressKey };
  /** By service name; only services that have rules. */
  private rules: ReadonlyMap<string, readonly LimitRule[]> = new Map();

  constructor(memory: SharedMemory, worker: number) {
    this.table = new LimitTable(memory.rateLimits, worker);
    this.parts = { key: new LimitKey(memory.rateLimits.seeds), address: new AddressKey() };
  }

  use({ services }: Snapshot): void {
    const limited = services.filter(({ rateLimits }) => rateLimits.length > 0);
    this.rules = new Map(
      limited.map(({ name, rateLimits }) => [
        name,
        rateLimits.map((settings) => new LimitRule(name, settings)),
      ]),
    );
  }

  admit(exchange: Exchange): DropReason | null {
    if (this.rules.size === 0) return null;
    const rules = this.rules.get(exchange.settings.name);
    if (rules === undefined) return null;
    const path = plainPath(exchange.path);
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index]!;
      if (!rule.appliesTo(exchange, path)) continue;
      const waitMs = this.take(rule, exchange, path);
      if (waitMs === 0) continue;
      if (rule.settings.shadow) {
        exchange.shadowReason ??= 'rate_limited';
        continue;
      }
      exchange.limit = { settings: rule.settings, waitMs };
      this.giveBack(rules, index, exchange, path);
      return 'rate_limited';
    }
    return null;
  }

  /** The clock is that of the exchange: when its head was complete. */
  private take(rule: LimitRule, exchange: Exchange, path: string): number {
    rule.readKey(exchange, path, this.parts);
    return this.table.take(this.parts.key, exchange.startedMs, rule.intervalMs, rule.settings.burst);
  }

  /** To the rules before `end`. Those in shadow keep what they counted: they show what they would do on their own. */
  private giveBack(rules: readonly LimitRule[], end: number, exchange: Exchange, path: string): void {
    for (let index = 0; index < end; index++) {
      const rule = rules[index]!;
      if (rule.settings.shadow || !rule.appliesTo(exchange, path)) continue;
      rule.readKey(exchange, path, this.parts);
      this.table.giveBack(this.parts.key, rule.intervalMs);
    }
  }
}
