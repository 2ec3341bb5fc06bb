import { RESOLUTION_MS, type Resolution } from './rollup.js';

/**
 * Names that one service may have in one roll-up's time: the first that come. A minute of a busy service has its head of
 * paths among the first hundred; more of them cost space in every minute (8 days of minutes are kept).
 */
const NAMES: Readonly<Record<Resolution, number>> = { minute: 100, hour: 300, day: 300 };
/** All services together: bounds the memory, whatever is configured and sent. */
const NAMES_OF_ALL = 20_000;
/** Times that are remembered, the latest: records come nearly in their order. */
const STARTS: Readonly<Record<Resolution, number>> = { minute: 4, hour: 3, day: 2 };

interface NamesOfStart {
  count: number;
  readonly services: Map<string, Set<string>>;
}

/** Which names of one cube have a roll-up of their own, across consignments; one for each cube and resolution. */
export class KeptNames {
  private readonly starts = new Map<number, NamesOfStart>();

  constructor(private readonly resolution: Resolution) {}

  /** Whether the name is, or becomes, one of those that are kept. The empty name is not. */
  admit(start: number, service: string, name: string): boolean {
    if (name === '') return false;
    const of = this.namesOf(start);
    let names = of.services.get(service);
    if (names === undefined) {
      if (of.count >= NAMES_OF_ALL) return false;
      names = new Set();
      of.services.set(service, names);
    }
    if (names.has(name)) return true;
    if (names.size >= NAMES[this.resolution] || of.count >= NAMES_OF_ALL) return false;
    names.add(name);
    of.count++;
    return true;
  }

  /** Forgets the oldest times. */
  forget(): void {
    const excess = this.starts.size - STARTS[this.resolution];
    if (excess <= 0) return;
    for (const start of [...this.starts.keys()].sort((a, b) => a - b).slice(0, excess)) {
      this.starts.delete(start);
    }
  }

  private namesOf(start: number): NamesOfStart {
    let names = this.starts.get(start);
    if (names === undefined) {
      names = { count: 0, services: new Map() };
      this.starts.set(start, names);
    }
    return names;
  }
}

/** When the roll-up starts that a time belongs to. */
export function startOf(time: number, resolution: Resolution): number {
  return time - (time % RESOLUTION_MS[resolution]);
}
