import type { Snapshot } from '../../../../common/contract/index.js';
import type { Exchange } from '../../exchange.js';
import { LimitRule } from './limit.rule.js';
import { plainPath } from './path.pattern.js';

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

/** The rate limits of a snapshot by service. */
export class LimitBook {
  /** Whether one of them counts over several balancers. */
  hasShared = false;
  private lists: ReadonlyMap<string, LimitList> = new Map();

  use({ services }: Snapshot): void {
    const limited = services.filter(({ rateLimits }) => rateLimits.length > 0);
    this.lists = new Map(
      limited.map(({ name, rateLimits }) => [
        name,
        new LimitList(rateLimits.map((settings) => new LimitRule(name, settings))),
      ]),
    );
    this.hasShared = [...this.lists.values()].some(({ hasShared }) => hasShared);
  }

  /** null: nothing limits it. */
  listOf(exchange: Exchange): LimitList | null {
    if (this.lists.size === 0) return null;
    return this.lists.get(exchange.settings.name) ?? null;
  }
}
