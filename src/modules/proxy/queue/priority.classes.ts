import {
  PRIORITY_CLASSES,
  type PriorityRule,
  type QueuePolicy,
} from '../../../common/contract/policies/index.js';
import type { Exchange } from '../exchange.js';
import { PathPattern, plainPath } from '../paths/path.pattern.js';

const NORMAL = PRIORITY_CLASSES.indexOf('normal');

/** The class that an exchange waits in, as its service says. Asked only when it has to wait. */
export class PriorityClasses {
  private readonly compiled = new WeakMap<QueuePolicy, readonly CompiledRule[]>();

  /** Index in {@link PRIORITY_CLASSES}. */
  rankOf(exchange: Exchange, policy: QueuePolicy): number {
    if (policy.priority.length === 0) return NORMAL;
    const path = plainPath(exchange.path);
    for (const rule of this.rulesOf(policy)) if (rule.matches(exchange, path)) return rule.rank;
    return NORMAL;
  }

  private rulesOf(policy: QueuePolicy): readonly CompiledRule[] {
    let rules = this.compiled.get(policy);
    if (rules === undefined) {
      rules = policy.priority.map((rule) => new CompiledRule(rule));
      this.compiled.set(policy, rules);
    }
    return rules;
  }
}

class CompiledRule {
  readonly rank: number;
  private readonly pattern: PathPattern | null;

  constructor(private readonly rule: PriorityRule) {
    this.rank = PRIORITY_CLASSES.indexOf(rule.class);
    this.pattern = rule.path === '' ? null : new PathPattern(rule.path);
  }

  /** @param path In the form of `plainPath`. */
  matches(exchange: Exchange, path: string): boolean {
    const { method } = this.rule;
    if (method !== '' && exchange.head.method !== method) return false;
    if (this.pattern !== null && !this.pattern.matches(path)) return false;
    return this.hasHeader(exchange);
  }

  private hasHeader(exchange: Exchange): boolean {
    const { header, value } = this.rule;
    if (header === '') return true;
    const found = exchange.header(header);
    return found !== undefined && (value === '' || found === value);
  }
}
