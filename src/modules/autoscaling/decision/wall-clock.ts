const DAY_MS = 86_400_000;

/**
 * The clock of a time zone. A reading is the Unix milliseconds that UTC would have when its clock shows the same.
 * Throws a RangeError when there is no such zone.
 */
export class WallClock {
  private readonly format: Intl.DateTimeFormat;

  constructor(readonly timezone: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** What the clock shows at this time. */
  read(time: number): number {
    const part: Record<string, number> = {};
    for (const { type, value } of this.format.formatToParts(time)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((time % 1_000) + 1_000) % 1_000);
  }

  /** The times at which the clock shows this: two when it is set back over it; when it skips it, the moment of that. */
  times(reading: number): readonly number[] {
    const guesses = [reading - DAY_MS, reading + DAY_MS].map((near) => reading - (this.read(near) - near));
    const times = [...new Set(guesses)].filter((time) => this.read(time) === reading).sort((a, b) => a - b);
    return times.length > 0 ? times : [this.jump(Math.min(...guesses), Math.max(...guesses))];
  }

  /** When between these two the clock changes. */
  private jump(from: number, to: number): number {
    const offset = this.read(from) - from;
    let [before, after] = [from, to];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.read(middle) - middle === offset) before = middle;
      else after = middle;
    }
    return after;
  }
}
