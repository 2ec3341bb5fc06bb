/** Between two announcements: the data plane builds all bans anew for each. */
const PAUSE_MS = 100;

/** Announces changes at once, and those that follow closely together. */
export class Announcer {
  private timer: NodeJS.Timeout | null = null;
  private isDue = false;

  constructor(private readonly action: () => void) {}

  announce(): void {
    if (this.timer !== null) {
      this.isDue = true;
      return;
    }
    this.isDue = false;
    this.action();
    this.timer = setTimeout(() => this.rested(), PAUSE_MS).unref();
  }

  /** The same without regard to others, for somebody who waits for it. */
  announceNow(): void {
    this.stop();
    this.announce();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private rested(): void {
    this.timer = null;
    if (this.isDue) this.announce();
  }
}
