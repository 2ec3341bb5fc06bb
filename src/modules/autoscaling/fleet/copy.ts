import type { Instance } from '../drivers/driver.js';
import type { OwnedInstance } from './driver.set.js';
import type { ScaledBackend } from './scaled-backends.js';

/** One running copy, beside its backend and what the fleet remembers of it. */
export interface Copy {
  readonly owned: OwnedInstance;
  readonly instance: Instance;
  /** With the URL of the copy; null: none yet, or the copy has no URL. */
  readonly backend: ScaledBackend | null;
  readonly memory: CopyMemory;
  /** Takes requests. */
  readonly isReady: boolean;
  /** At all balancers, at the others as they said last. */
  readonly inFlight: number;
  /** Is being emptied, or ended. */
  readonly isDraining: boolean;
  /** Started with other settings than the present ones: to be replaced. */
  readonly isOutdated: boolean;
}

/** What is remembered of a copy from look to look. Times are Unix milliseconds; null: not yet. */
export class CopyMemory {
  /** Somebody has accepted a connection at its URL. */
  answers = false;
  isKnocking = false;
  readyAt: number | null = null;
  drainingSince: number | null = null;
  /** Of the registry, as it was when we saw that it drains: another balancer that runs this or a later one knows. */
  drainRevision = 0;
  /** Since when nothing runs there while it drains. */
  idleSince: number | null = null;
  isEnding = false;
  hasFailed = false;
  /** Last known place in the shared memory; -1: it had none. */
  slot = -1;
  /** Id of its backend, also after that has gone; null: it never had one. */
  backend: string | null = null;

  /**
   * @param since When it began to be our business: its start, or its adoption.
   * @param isAdopted It was there before we looked for the first time.
   */
  constructor(
    readonly since: number,
    readonly isAdopted: boolean,
  ) {}

  drains(now: number, revision: number): void {
    if (this.drainingSince !== null) return;
    this.drainingSince = now;
    this.drainRevision = revision;
  }
}

/** There, or on its way. */
export function isAlive({ instance, memory }: Pick<Copy, 'instance' | 'memory'>): boolean {
  return !memory.hasFailed && (instance.state === 'starting' || instance.state === 'running');
}

/** Counts: alive, and not on its way out. */
export function counts(copy: Copy): boolean {
  return isAlive(copy) && !copy.isDraining;
}
