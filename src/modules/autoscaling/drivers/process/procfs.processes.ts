import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { MARK, MARK_VARIABLE, type HostProcesses } from './host.processes.js';

/** /proc counts processor time in hundredths of a second, whatever the kernel's own clock is (USER_HZ). */
const MS_PER_TICK = 10;
/** Processes that are looked at without a pause: less than a millisecond. */
const SLICE = 50;
const MARK_PREFIX = Buffer.from(`${MARK_VARIABLE}=`);
const MARK_LENGTH = 16;

/** Linux. Its files are made as they are read and never touch a disk: small ones are read without waiting. */
export class ProcfsProcesses implements HostProcesses {
  private readonly boot = read('/proc/sys/kernel/random/boot_id')?.trim().slice(0, 8) ?? '';
  private look: Promise<ReadonlyMap<string, readonly number[]>> | null = null;

  async startOf(pid: number): Promise<string | null> {
    return this.startNow(pid);
  }

  /** Ticks since the boot, and which boot: after another one a process may have both numbers again. */
  startNow(pid: number): string | null {
    const stat = readStat(pid);
    return stat === null ? null : `${this.boot}-${stat.start}`;
  }

  isEarlier(one: string, other: string): boolean {
    return ticksOf(one) < ticksOf(other);
  }

  /** Those who ask in the same moment share a look. */
  marked(): Promise<ReadonlyMap<string, readonly number[]>> {
    this.look ??= setImmediate().then(() => {
      this.look = null;
      return readMarks();
    });
    return this.look;
  }

  async groupLives(group: number): Promise<boolean> {
    return await anyProcess((pid) => readStat(pid)?.group === group);
  }

  async family(pid: number): Promise<readonly number[]> {
    const found = [pid];
    for (const parent of found) found.push(...(await childrenOf(parent)));
    return found;
  }

  async cpuMs(pids: readonly number[]): Promise<number | null> {
    const used = pids.map((pid) => readStat(pid)?.cpuTicks ?? null).filter((ticks) => ticks !== null);
    return used.length === 0 ? null : used.reduce((sum, ticks) => sum + ticks, 0) * MS_PER_TICK;
  }
}

interface ProcessStat {
  readonly group: number;
  /** Of itself and of the children that it has waited for. */
  readonly cpuTicks: number;
  readonly start: string;
}

function ticksOf(start: string): number {
  return Number(start.slice(start.indexOf('-') + 1));
}

function readStat(pid: number): ProcessStat | null {
  return parseStat(read(`/proc/${pid}/stat`) ?? '');
}

/**
 * `pid (name) state ppid pgrp ...`, man 5 proc_pid_stat; the name may itself have spaces and brackets.
 * null: no line of a living process.
 */
export function parseStat(line: string): ProcessStat | null {
  const fields = line
    .slice(line.lastIndexOf(')') + 2)
    .trimEnd()
    .split(' ');
  const [state = '', , group = ''] = fields;
  const start = fields[19];
  if (start === undefined || state === 'Z' || state === 'X') return null;
  const cpuTicks = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
  return { group: Number(group), cpuTicks, start };
}

async function readMarks(): Promise<ReadonlyMap<string, readonly number[]>> {
  const marks = new Map<string, number[]>();
  await anyProcess((pid) => {
    const mark = markOf(pid);
    if (mark !== null && readStat(pid) !== null) marks.set(mark, [...(marks.get(mark) ?? []), pid]);
    return false;
  });
  return marks;
}

/** As it was when its program started; those of other users are closed to us. */
function markOf(pid: number): string | null {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`);
    const at = environment.indexOf(MARK_PREFIX);
    if (at < 0) return null;
    const from = at + MARK_PREFIX.length;
    const mark = environment.toString('latin1', from, from + MARK_LENGTH);
    return MARK.test(mark) ? mark : null;
  } catch {
    return null;
  }
}

/** Looks at all processes, until one fits, in slices that hold nobody up. */
async function anyProcess(fits: (pid: number) => boolean): Promise<boolean> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  for (let from = 0; from < pids.length; from += SLICE) {
    if (pids.slice(from, from + SLICE).some(fits)) return true;
    await setImmediate();
  }
  return false;
}

/** A kernel without CONFIG_PROC_CHILDREN says nothing of children. */
async function childrenOf(pid: number): Promise<number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return list
    .split(' ')
    .filter((one) => one !== '')
    .map(Number);
}

/** Processes come and go while they are looked at: one that is gone reads as null. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
