import type { Snapshot } from '../../../../common/contract/index.js';
import type { Exchange } from '../../exchange.js';
import { LimitKey } from './limit-key.js';
import { LimitRule } from './limit.rule.js';
import { plainPath } from '../../paths/path.pattern.js';

/** The rate limits that an exchange of one service must pass, in the order they are asked. */
export class LimitList {
  /** Whether one of them counts over several balancers. */
  readonly hasShared: boolean;
  private readonly readsPath: boolean;

  constructor(readonly rules: readonly LimitRule[]) {
    this.hasShared = rules.some(({ settings }) => settings.shared);
    this.readsPath = rules.some((rule) => rule.readsPath);
  }

  /** The path as the rules compare it; empty where none looks at it, which saves a pass over it. */
  pathOf(exchange: Exchange): string {
    return this.readsPath ? plainPath(exchange.path) : '';
  }
}

/** The scope of rules over all services: no service has this name. */
const EVERYBODY = '';

/** The rate limits of a snapshot by service: those over all services first. */
export class LimitBook {
  /** Whether one of them counts over several balancers. */
  hasShared = false;
  /** Only services that have rules of their own. */
  private lists: ReadonlyMap<string, LimitList> = new Map();
  /** What all others have; null: nothing. */
  private common: LimitList | null = null;
  private isEmpty = true;
  private readonly key: LimitKey;

  /** @param seeds Of the table that counts. */
  constructor(seeds: Int32Array) {
    this.key = new LimitKey(seeds);
  }

  use({ services, globals }: Snapshot): void {
    const common = globals.rateLimits.map((settings) => new LimitRule(EVERYBODY, settings, this.key));
    const limited = services.filter(({ rateLimits }) => rateLimits.length > 0);
    this.lists = new Map(
      limited.map(({ name, rateLimits }) => {
        const own = rateLimits.map((settings) => new LimitRule(name, settings, this.key));
        return [name, new LimitList([...common, ...own])];
      }),
    );
    this.common = common.length === 0 ? null : new LimitList(common);
    this.isEmpty = this.lists.size === 0 && this.common === null;
    const lists = [...this.lists.values(), ...(this.common === null ? [] : [this.common])];
    this.hasShared = lists.some(({ hasShared }) => hasShared);
  }

  /** null: nothing limits it. Only after the route. */
  listOf(exchange: Exchange): LimitList | null {
    if (this.isEmpty) return null;
    return this.lists.get(exchange.settings.name) ?? this.common;
  }
}
