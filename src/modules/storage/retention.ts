import type { Resolution } from '../logging/index.js';
import type { StoredRegistry } from '../registry/index.js';

/** How long log records are kept, in milliseconds; 0: forever. */
export interface LogRetention {
  readonly accessLogMs: number;
  readonly healthLogMs: number;
  readonly auditLogMs: number;
}

/** How long roll-ups of each resolution are kept, in milliseconds; 0: forever. */
export type RollupRetention = Readonly<Record<Resolution, number>>;

const DAY_MS = 86_400_000;
export const DEFAULT_ROLLUP_RETENTION: RollupRetention = {
  minute: 8 * DAY_MS,
  hour: 100 * DAY_MS,
  day: 3 * 365 * DAY_MS,
};

export interface StoreRetention extends LogRetention {
  /** Absent: `DEFAULT_ROLLUP_RETENTION`. */
  readonly rollupsMs?: RollupRetention;
  /** Newest revisions that are kept, with their contents; 0: all. */
  readonly revisions: number;
}

/** Number of the oldest revision that stays beside this one: also what a guard may have to bring back. */
export function oldestKept({ revision, guard }: StoredRegistry, { revisions }: StoreRetention): number {
  if (revisions === 0) return 0;
  const oldest = Math.max(0, revision.number - revisions + 1);
  return guard === null ? oldest : Math.min(oldest, guard.previous);
}
