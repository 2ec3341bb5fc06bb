import { readOr, threadsOf } from './process-tree.js';

/** Node's name of the threads that JavaScript starts; those that are named have their own. */
const DATA_PLANE = 'velocity-worker';

/**
 * CPU time that the threads which serve traffic have used since their start, in microseconds; exact. Neither the control
 * plane, nor the thread of the log, nor the runtime's own helpers are in it.
 */
export function readServingThreads(pid: number): number {
  let us = 0;
  for (const thread of threadsOf(pid)) {
    if (!readOr(`/proc/${pid}/task/${thread}/comm`, '').startsWith(DATA_PLANE)) continue;
    us += Number(readOr(`/proc/${pid}/task/${thread}/schedstat`, '0').split(' ')[0]) / 1_000;
  }
  return us;
}
