import type { Resolution } from '../logging/log-store.js';
import type { StoredRegistry } from '../registry/index.js';

/** How long log records are kept, in milliseconds; 0: forever. */
export interface LogRetention {
  readonly accessLogMs: number;
  readonly healthLogMs: number;
  readonly auditLogMs: number;
  readonly scalingLogMs: number;
}

/** How long roll-ups of the access log are kept, in milliseconds; 0: forever. */
export interface RollupRetention {
  readonly minutesMs: number;
  readonly hoursMs: number;
  readonly daysMs: number;
}

export const KEEP_ROLLUPS: RollupRetention = { minutesMs: 0, hoursMs: 0, daysMs: 0 };

/** The same by resolution. */
export function keptMs({
  minutesMs,
  hoursMs,
  daysMs,
}: RollupRetention): Readonly<Record<Resolution, number>> {
  return { minute: minutesMs, hour: hoursMs, day: daysMs };
}

export interface StoreRetention extends LogRetention {
  /** Newest revisions that are kept, with their contents; 0: all. */
  readonly revisions: number;
  /** Forever when omitted. */
  readonly rollups?: RollupRetention;
}

/** Number of the oldest revision that stays beside this one: also what a guard may have to bring back. */
export function oldestKept({ revision, guard }: StoredRegistry, { revisions }: StoreRetention): number {
  if (revisions === 0) return 0;
  const oldest = Math.max(0, revision.number - revisions + 1);
  return guard === null ? oldest : Math.min(oldest, guard.previous);
}
