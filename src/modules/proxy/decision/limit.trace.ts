import {
  DECISION_LIMITS,
  type LimitDecision,
  type RateLimitSettings,
} from '../../../common/contract/index.js';

const { limits: MOST } = DECISION_LIMITS;

/** Of a rate limit, what is told. */
export interface TracedRule {
  readonly settings: RateLimitSettings;
  /** Service that it belongs to; empty: it holds for all services. */
  readonly scope: string;
}

/** What the rate limits said of an exchange, in fields that are there already. Used again from exchange to exchange. */
export class LimitTrace {
  count = 0;
  next: LimitTrace | null = null;
  private readonly rules: (TracedRule | null)[] = Array.from({ length: MOST }, () => null);
  private readonly left = new Float64Array(MOST);
  private readonly waits = new Float64Array(MOST);

  /** @param waitMs 0: it was admitted. */
  note(rule: TracedRule, left: number, waitMs: number): void {
    const { count } = this;
    if (count === MOST) return;
    this.rules[count] = rule;
    this.left[count] = left;
    this.waits[count] = waitMs;
    this.count = count + 1;
  }

  decisions(): LimitDecision[] {
    return Array.from({ length: this.count }, (_, index) => this.decision(index));
  }

  private decision(index: number): LimitDecision {
    const { settings, scope } = this.rules[index]!;
    const { name, by, header, method, path, limit, windowMs, burst, shadow, shared } = settings;
    const waitMs = Math.ceil(this.waits[index]!);
    return {
      rule: name,
      service: scope,
      by,
      header,
      method,
      path,
      limit,
      windowMs,
      burst,
      allowed: waitMs === 0,
      remaining: this.left[index]!,
      waitMs,
      shadow,
      shared,
    };
  }
}

/** Those of this thread that nobody uses. */
let free: LimitTrace | null = null;

export function takeLimitTrace(): LimitTrace {
  const trace = free;
  if (trace === null) return new LimitTrace();
  free = trace.next;
  trace.next = null;
  trace.count = 0;
  return trace;
}

export function giveBackLimitTrace(trace: LimitTrace): void {
  trace.next = free;
  free = trace;
}
