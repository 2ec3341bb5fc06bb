/** Backends that come and go as it is decided, and what they cost. Times are milliseconds from the begin. */
export class SimulatedFleet {
  ready: number;
  /** When each of those that start will be ready, the earliest first. */
  private readonly starting: number[] = [];
  /** Until when those that were taken away still run. */
  private readonly ending: number[] = [];
  /** Milliseconds that backends have run, all together. */
  runMs = 0;

  constructor(
    first: number,
    private readonly startMs: number,
    private readonly endMs: number,
  ) {
    this.ready = first;
  }

  /** There or on their way. */
  get current(): number {
    return this.ready + this.starting.length;
  }

  /** Time goes on to this moment. */
  advance(now: number, passedMs: number): void {
    this.runMs += (this.current + this.ending.length) * passedMs;
    while (this.starting.length > 0 && this.starting[0]! <= now) {
      this.starting.shift();
      this.ready++;
    }
    while (this.ending.length > 0 && this.ending[0]! <= now) this.ending.shift();
  }

  /** Those that are not ready yet go first: nobody is served there. */
  become(desired: number, now: number): void {
    for (let count = this.current; count < desired; count++) this.starting.push(now + this.startMs);
    while (this.current > desired && this.starting.length > 0) this.starting.pop();
    for (; this.ready > desired; this.ready--) this.ending.push(now + this.endMs);
  }
}
