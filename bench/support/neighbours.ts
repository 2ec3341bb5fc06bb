import { readFileSync } from 'node:fs';
import { readCpu, TICK_US } from './process-reading.js';

/** More foreign work than this share of one core makes a figure doubtful. */
export const MOST_FOREIGN = 0.1;

/** CPU time that others used on this machine while we measured: what is not ours disturbs. */
export class Neighbours {
  private readonly startedAt = performance.now();
  private readonly before = foreignUs();

  /** Share of one core since the start. */
  share(): number {
    return Math.max(0, (foreignUs() - this.before) / ((performance.now() - this.startedAt) * 1_000));
  }
}

/** The machine's busy time less that of this program, its descendants, and those that it has waited for. */
function foreignUs(): number {
  // user nice system idle iowait irq softirq
  const [, user, nice, system, , , irq, softirq] = firstLine('/proc/stat').split(/\s+/).map(Number);
  const machineUs = (user! + nice! + system! + irq! + softirq!) * TICK_US;
  const own = firstLine('/proc/self/stat');
  const fields = own.slice(own.lastIndexOf(')') + 2).split(' ');
  const endedUs = (Number(fields[13]) + Number(fields[14])) * TICK_US;
  return machineUs - readCpu(process.pid).totalUs - endedUs;
}

function firstLine(file: string): string {
  return readFileSync(file, 'latin1').split('\n', 1)[0]!;
}
