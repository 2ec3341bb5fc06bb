/** Between two looks where the store does not tell by itself that something changed. */
export const LOOK_INTERVAL_MS = 500;

export interface WatchParts {
  /** Number of the stored revision; 0: none. Rejects when the store is away. */
  readonly stored: () => Promise<number>;
  /** Number of the revision that this process last read or wrote; 0: none. */
  readonly known: () => number;
  /** Called with each revision that another process stored, once. */
  readonly onRevision: (revision: number) => void;
}

/**
 * Finds out that another process stored a revision, by looking at its number. Only what is stored now counts: revisions
 * in between are not told one by one.
 */
export class RevisionWatch {
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  private isAskedAgain = false;
  private isStopped = false;
  private told = 0;

  /** `intervalMs` is asked before each wait. */
  constructor(
    private readonly parts: WatchParts,
    private readonly intervalMs: () => number = () => LOOK_INTERVAL_MS,
  ) {}

  start(): void {
    this.wait();
  }

  stop(): void {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** Looks now; while a look is under way, once more after it. */
  look(): void {
    if (this.looking !== null) {
      this.isAskedAgain = true;
      return;
    }
    if (this.timer !== null) clearTimeout(this.timer);
    this.isAskedAgain = false;
    this.looking = this.compare().finally(() => {
      this.looking = null;
      if (this.isStopped) return;
      if (this.isAskedAgain) this.look();
      else this.wait();
    });
  }

  private wait(): void {
    this.timer = setTimeout(() => this.look(), this.intervalMs()).unref();
  }

  private async compare(): Promise<void> {
    const { stored, known, onRevision } = this.parts;
    // A store that is away is reported by its connection; what changed meanwhile is seen when it is back.
    const revision = await stored().catch(() => 0);
    if (this.isStopped || revision === 0 || revision === known() || revision === this.told) return;
    this.told = revision;
    onRevision(revision);
  }
}
