/**
 * Calls back once, after a time. When this thread was blocked, timers run before the input that waits in the sockets;
 * two more turns of the event loop let an answer that had arrived in time be seen first.
 */
export class Deadline {
  private timer: NodeJS.Timeout | null;
  private over = false;

  constructor(
    delayMs: number,
    private readonly onExpired: () => void,
  ) {
    this.timer = setTimeout(() => setImmediate(() => setImmediate(() => this.expire())), delayMs);
  }

  cancel(): void {
    this.over = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private expire(): void {
    if (this.over) return;
    this.over = true;
    this.onExpired();
  }
}
