/** Who made a ban: somebody over the API, or a rule of the configuration. */
export const BAN_ORIGINS = ['api', 'rule'] as const;
export type BanOrigin = (typeof BAN_ORIGINS)[number];

/**
 * A network that is kept out for a time. There is one ban per network: its id follows from it. Times are Unix milliseconds.
 */
export interface StoredBan {
  /** The network with `_` for the slash: `203.0.113.7`, `203.0.113.0_24`. */
  readonly id: string;
  /** In its one spelling, see `Network.text`. */
  readonly cidr: string;
  /** Why, in the words of who banned; of a rule: what was counted. */
  readonly note: string;
  /** A person or program, or the balancer for a rule. */
  readonly author: string;
  readonly origin: BanOrigin;
  /** Name of the rule; empty: none. */
  readonly rule: string;
  readonly createdAt: number;
  /** null: until it is lifted. */
  readonly expiresAt: number | null;
  /** It keeps nobody out: what it would do is logged. */
  readonly shadow: boolean;
  /** How often a rule banned the network in a row, this time included; 0: no rule did. */
  readonly offences: number;
  /** Somebody lifted it; `expiresAt` says when. */
  readonly isLifted: boolean;
}

/** Bans that ended stay known for so long: who offends again meanwhile is banned for longer. */
export const ENDED_KEPT_MS = 24 * 3_600_000;

export function banId(cidr: string): string {
  return cidr.replace('/', '_');
}

/** Whether it applies now. */
export function isLive({ isLifted, expiresAt }: StoredBan, now: number): boolean {
  return !isLifted && (expiresAt === null || expiresAt > now);
}

/**
 * What stands after `next` was banned on top of `known`: a ban grows longer and stricter, never shorter or milder (for that
 * it is lifted first). So it does not matter in which order two balancers store theirs. The stores do the same.
 */
export function strengthened(known: StoredBan | undefined, next: StoredBan, now: number): StoredBan {
  if (known === undefined || !isLive(known, now)) return next;
  if (known.shadow !== next.shadow) return known.shadow ? next : known;
  const words = known.origin === 'api' && next.origin === 'rule' ? known : next;
  const { note, author, origin, rule, offences } = words;
  return {
    ...known,
    note,
    author,
    origin,
    rule,
    offences,
    expiresAt: laterEnd(known.expiresAt, next.expiresAt),
  };
}

/** null is never. */
function laterEnd(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}
