import { processTree, readOr, threadsOf } from './process-tree.js';

/** USER_HZ: the unit of the times in /proc/PID/stat. 100 on every Linux that Node runs on. */
export const TICK_US = 10_000;

/** CPU time since the start, user and system. */
export interface CpuReading {
  /** All processes and threads, also those that ended: utime + stime of /proc/PID/stat. Steps of 10 ms. */
  readonly totalUs: number;
  /** The first thread of each process: Velocity's control plane, and all there is of a proxy with one thread. */
  readonly mainUs: number;
  /** The other threads that live now: /proc/PID/task/TID/schedstat, exact. */
  readonly othersUs: number;
}

export function readCpu(pid: number): CpuReading {
  let [totalUs, mainUs, othersUs] = [0, 0, 0];
  for (const member of processTree(pid)) {
    totalUs += ticksOf(member) * TICK_US;
    for (const thread of threadsOf(member)) {
      const us = Number(readOr(`/proc/${member}/task/${thread}/schedstat`, '0').split(' ')[0]) / 1_000;
      if (thread === member) mainUs += us;
      else othersUs += us;
    }
  }
  return { totalUs, mainUs, othersUs };
}

/** Fields 14 and 15, counted behind the name, which may hold anything. */
function ticksOf(pid: number): number {
  const stat = readOr(`/proc/${pid}/stat`, '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

/** Resident memory of the whole tree, in bytes. What processes share is counted in each. */
export function readResident(pid: number): number {
  return sumStatus(pid, 'VmRSS');
}

/** The most that was resident since the start or the last `resetPeak`, in bytes. */
export function readPeak(pid: number): number {
  return sumStatus(pid, 'VmHWM');
}

function sumStatus(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  return processTree(pid).reduce((sum, member) => {
    const [, kib = '0'] =
      new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readOr(`/proc/${member}/status`, '')) ?? [];
    return sum + Number(kib) * 1_024;
  }, 0);
}
