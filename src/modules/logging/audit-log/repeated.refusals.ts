import type { AuditEntry } from './audit.entry.js';

interface Kind {
  /** The newest attempt. */
  last: AuditEntry;
  lastTime: number;
  /** Attempts after the first one, which was recorded at once. */
  further: number;
}

export interface GatheredRefusals {
  readonly entry: AuditEntry;
  /** Unix milliseconds of the newest one. */
  readonly time: number;
  readonly count: number;
}

const WINDOW_MS = 60_000;
/** Kinds that are told apart within a window; whatever is beyond is one more. */
const MAX_KINDS = 1_000;
const BEYOND = 'more kinds of attempts than are told apart';

/**
 * Keeps a flood of refused attempts out of the audit log: the first one of a kind is recorded at once, those that follow
 * within a minute become one record with their number. A kind is who (name and address) did what with which result; of
 * somebody we know also on which resource. So a minute has at most two records of a kind, and a bounded number of kinds.
 */
export class RepeatedRefusals {
  private kinds = new Map<string, Kind>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly onGathered: (refusals: GatheredRefusals) => void,
    private readonly windowMs = WINDOW_MS,
    private readonly maxKinds = MAX_KINDS,
  ) {}

  /** The entry to record now; null: it is counted to an earlier one. */
  first(entry: AuditEntry, time: number): AuditEntry | null {
    const isBeyond = this.kinds.size >= this.maxKinds && !this.kinds.has(keyOf(entry));
    const shown = isBeyond ? { ...entry, actor: '', address: '', resource: '', note: BEYOND } : entry;
    const key = isBeyond ? BEYOND : keyOf(entry);
    const known = this.kinds.get(key);
    if (known === undefined) {
      this.kinds.set(key, { last: shown, lastTime: time, further: 0 });
      this.timer ??= setTimeout(() => this.end(), this.windowMs).unref();
      return shown;
    }
    known.last = shown;
    known.lastTime = time;
    known.further++;
    return null;
  }

  /** Hands over what was counted; what comes from now on is counted anew. */
  end(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const { kinds } = this;
    this.kinds = new Map();
    for (const { last, lastTime, further } of kinds.values()) {
      if (further > 0) this.onGathered({ entry: last, time: lastTime, count: further });
    }
  }
}

/** Who is unknown chooses the resource freely: it must not make a kind of its own. */
function keyOf({ address, actor, action, status, code, resource }: AuditEntry): string {
  return [address, actor, action, status, code, actor === '' ? '' : resource].join('\n');
}
