import type { PolicyEvent, SharedMemory, Snapshot } from '../../../common/contract/index.js';
import { AddressKey } from '../connections/address.key.js';
import type { Exchange } from '../exchange.js';
import type { OutcomeObserver } from '../outcomes/outcome.observer.js';
import { LimitKey } from '../policies/rate-limit/limit-key.js';
import { OffenceCounts } from './offence.counts.js';
import { OffenceRule } from './offence.rule.js';

/** No service has such a name, so rules and rate limits never count as one. */
const SCOPE = ' bans';

/** Counts what clients do that a rule bans for (IPv6 by /64), and tells when one has done it often enough. */
export class OffenceObserver implements OutcomeObserver {
  private readonly counts: OffenceCounts;
  private readonly key: LimitKey;
  private readonly address = new AddressKey();
  private rules: readonly OffenceRule[] = [];

  /** @param tell Tells the main thread; must not throw. */
  constructor(
    { rateLimits }: SharedMemory,
    worker: number,
    private readonly tell: (event: PolicyEvent) => void,
  ) {
    this.counts = new OffenceCounts(rateLimits, worker);
    this.key = new LimitKey(rateLimits.seeds);
  }

  use({ globals }: Snapshot): void {
    this.rules = globals.bans.map((settings) => new OffenceRule(settings));
  }

  finished(exchange: Exchange, nowMs: number): void {
    const { rules } = this;
    for (let index = 0; index < rules.length; index++) {
      if (rules[index]!.counts(exchange)) this.count(rules[index]!, exchange, nowMs);
    }
  }

  private count({ settings }: OffenceRule, exchange: Exchange, nowMs: number): void {
    const { key, address } = this;
    if (!address.read(exchange.client)) return;
    key.begin();
    key.text(SCOPE);
    key.text(settings.name);
    key.address(address);
    key.end();
    if (this.counts.count(key, nowMs, settings.windowMs) !== settings.count) return;
    this.tell({
      kind: 'offence',
      rule: settings,
      client: exchange.client,
      last: exchange.dropReason ?? String(exchange.status),
      service: exchange.service?.snapshot.name ?? '',
    });
  }
}
