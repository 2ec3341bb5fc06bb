/** Over how long the share is measured, milliseconds. */
const WINDOW_MS = 6_000;

interface Sample {
  readonly at: number;
  readonly usedMs: number;
}

/** Share of one core over the last seconds, from the processor time used since the start. */
export class CpuMeter {
  private samples: readonly Sample[] = [];

  /**
   * @param at Monotonic, milliseconds.
   * @param usedMs null: not known now.
   */
  sample(at: number, usedMs: number | null): void {
    if (usedMs === null) return;
    this.samples = [...this.samples.filter((one) => one.at >= at - WINDOW_MS), { at, usedMs }];
  }

  /** 1: a whole core; more with several threads. null: not known yet. */
  get share(): number | null {
    const [first] = this.samples;
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at) return null;
    // Less than before: a child that nobody waited for took its time along.
    return Math.max(0, (last.usedMs - first.usedMs) / (last.at - first.at));
  }
}
