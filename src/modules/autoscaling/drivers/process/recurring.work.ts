/** Does something again and again, each time after the one before has ended. Keeps no process running. */
export class RecurringWork {
  private timer: NodeJS.Timeout;
  private isOver = false;

  /** @param work Must not reject. */
  constructor(
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
  ) {
    this.timer = this.wait();
  }

  stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  private wait(): NodeJS.Timeout {
    return setTimeout(() => void this.turn(), this.everyMs).unref();
  }

  private async turn(): Promise<void> {
    await this.work();
    if (!this.isOver) this.timer = this.wait();
  }
}
