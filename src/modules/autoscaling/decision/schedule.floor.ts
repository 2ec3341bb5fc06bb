import { CronTime } from 'cron';
import type { ScalingScheduleConfig } from '../../../common/config/index.js';
import { WallClock } from './wall-clock.js';

/** What the schedules ask for at one moment. */
export interface Floor {
  /** The highest of the schedules that hold; 0: none does. */
  readonly min: number;
  /** Unix milliseconds: when it is another one, or at least to be asked again; null: never. */
  readonly until: number | null;
}

/** Moments that are looked at for a change: a schedule that begins anew before it ends goes on and on. */
const MOST_MOMENTS = 50;

/**
 * The floor under a service's count. Times are those of the schedule's zone: one that the clock skips in spring begins
 * when it skips; one that it shows twice in autumn begins at the first, or with `*` for the hour at both.
 * Asking for one moment after the other is cheap. Throws when a cron expression or a zone does not hold.
 */
export class ScheduleFloor {
  private readonly turns: readonly ScheduleTurns[];
  private known: { from: number; floor: Floor } | null = null;

  constructor(schedules: readonly ScalingScheduleConfig[]) {
    this.turns = schedules.map((schedule) => new ScheduleTurns(schedule));
  }

  at(time: number): Floor {
    if (this.known !== null && time >= this.known.from && time < (this.known.floor.until ?? Infinity)) {
      return this.known.floor;
    }
    const floor = this.look(time);
    this.known = { from: time, floor };
    return floor;
  }

  private look(time: number): Floor {
    const min = this.minAt(time);
    let moment: number | null = time;
    for (let looked = 0; looked < MOST_MOMENTS; looked++) {
      moment = this.momentAfter(moment);
      if (moment === null) return { min, until: null };
      if (this.minAt(moment) !== min) break;
    }
    return { min, until: moment };
  }

  private minAt(time: number): number {
    return this.turns.reduce((most, turns) => (turns.holds(time) ? Math.max(most, turns.min) : most), 0);
  }

  /** When the next schedule begins or ends. */
  private momentAfter(time: number): number | null {
    const moments = this.turns.map((turns) => turns.momentAfter(time)).filter((moment) => moment !== null);
    return moments.length === 0 ? null : Math.min(...moments);
  }
}

const LONGEST_SET_BACK_MS = 2 * 3_600_000;

/** One schedule: when it begins, and until when it holds. */
class ScheduleTurns {
  readonly min: number;
  private readonly forMs: number;
  private readonly cron: CronTime;
  private readonly clock: WallClock;
  private readonly isHourly: boolean;

  constructor({ cron, timezone, forMs, min }: ScalingScheduleConfig) {
    // In UTC no hour is skipped or doubled: what the zone's clock does to the time is said here, and not by the parser.
    this.cron = new CronTime(cron, 'UTC');
    this.clock = new WallClock(timezone);
    this.isHourly = this.cron.toJSON()[2] === '*';
    this.min = min;
    this.forMs = forMs;
  }

  holds(time: number): boolean {
    const begin = this.beginAfter(time - this.forMs);
    return begin !== null && begin <= time;
  }

  /** When it next begins or ends. */
  momentAfter(time: number): number | null {
    const begin = this.beginAfter(time);
    const running = this.beginAfter(time - this.forMs);
    if (running === null) return begin;
    return begin === null ? running + this.forMs : Math.min(begin, running + this.forMs);
  }

  /** The first begin after this time; null: none within years. */
  private beginAfter(time: number): number | null {
    const reading = this.clock.read(time);
    const begin = this.beginFrom(reading, time);
    const later = time + LONGEST_SET_BACK_MS;
    const isSetBack = this.clock.read(later) - later < reading - time;
    if (!isSetBack || !this.isHourly) return begin;
    // The clock will show once more what it has shown already.
    const again = this.beginFrom(reading - LONGEST_SET_BACK_MS, time);
    return begin === null || again === null ? (begin ?? again) : Math.min(begin, again);
  }

  /** Of the readings after this one the first whose time is after this time. */
  private beginFrom(reading: number, time: number): number | null {
    for (let next = this.readingAfter(reading); next !== null; next = this.readingAfter(next)) {
      const times = this.clock.times(next);
      const begin = (this.isHourly ? times : times.slice(0, 1)).find((one) => one > time);
      if (begin !== undefined) return begin;
    }
    return null;
  }

  private readingAfter(reading: number): number | null {
    try {
      return this.cron.getNextDateFrom(new Date(reading), 'UTC').toMillis();
    } catch {
      // The parser looks eight years ahead, and then throws: such as for 30 February.
      return null;
    }
  }
}
