import { setTimeout } from 'node:timers/promises';
import type { HostProcesses } from './host.processes.js';
import { signalGroup, signalOne } from './process.signals.js';

/** Between two looks whether it has gone; grows from the first to the second. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 100;
/** What was killed goes at once, unless the kernel holds it, such as in a read from a lost network disk. */
const KILLED_MS = 5_000;

/** A process and all that came of it. */
export interface Doomed {
  /** Leader of its group; null: not known, its mark alone leads to it. */
  readonly group: number | null;
  /** Carried by all that it started, also by those who left the group. */
  readonly mark: string;
  /** From SIGTERM to SIGKILL, milliseconds. */
  readonly stopMs: number;
}

/** Ends it: asks, and after a time does not ask any more. Resolves with false when something of it lives on even so. */
export async function endProcess(doomed: Doomed, host: HostProcesses): Promise<boolean> {
  const ending = new Ending(doomed, host);
  ending.signal('SIGTERM');
  if (await ending.isOver(doomed.stopMs, 'SIGTERM')) return true;
  return ending.isOver(KILLED_MS, 'SIGKILL');
}

class Ending {
  /** Have had the signal. */
  private readonly told = new Set<number>();

  constructor(
    private readonly doomed: Doomed,
    private readonly host: HostProcesses,
  ) {}

  signal(signal: NodeJS.Signals): boolean {
    return this.doomed.group !== null && signalGroup(this.doomed.group, signal);
  }

  /** Whoever is still there after the signal has it too; those that come up meanwhile as well. */
  async isOver(deadlineMs: number, signal: NodeJS.Signals): Promise<boolean> {
    const deadline = performance.now() + deadlineMs;
    this.told.clear();
    if (signal === 'SIGKILL') this.signal(signal);
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      if (!(await this.lives(signal))) return true;
      if (performance.now() >= deadline) return false;
      await setTimeout(Math.min(pause, Math.max(1, deadline - performance.now())));
    }
  }

  private async lives(signal: NodeJS.Signals): Promise<boolean> {
    const { group, mark } = this.doomed;
    // Asking the kernel is cheap, but it counts zombies, which nobody may ever wait for.
    if (group !== null && signalGroup(group, 0) && (await this.host.groupLives(group))) return true;
    const left = (await this.host.marked()).get(mark) ?? [];
    for (const pid of left.filter((one) => !this.told.has(one))) {
      this.told.add(pid);
      signalOne(pid, signal);
    }
    return left.length > 0;
  }
}
