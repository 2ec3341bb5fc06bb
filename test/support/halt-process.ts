import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const LOOK_MS = 1;
const PATIENCE_MS = 10_000;

/**
 * SIGSTOP, and back when every thread has stopped: its connections stay open, and nothing answers.
 *
 * The kernel stops a process of several threads when one of them takes the signal; until that one is given a processor, the others
 * work on and may still answer. It blocks this thread meanwhile, so that nothing of the test happens in between.
 */
export function haltProcess(child: ChildProcess): void {
  if (child.pid === undefined || !child.kill('SIGSTOP')) throw new Error('there is no such process to halt');
  const asleep = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; !isHalted(child.pid); waitedMs += LOOK_MS) {
    if (waitedMs >= PATIENCE_MS)
      throw new Error(`process ${child.pid} did not halt within ${PATIENCE_MS} ms`);
    Atomics.wait(asleep, 0, 0, LOOK_MS);
  }
}

/** proc(5): the state follows the name, which is in brackets and may hold any character. */
function isHalted(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  try {
    return readdirSync(tasks).every((thread) => {
      const stat = readFileSync(`${tasks}/${thread}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
    });
  } catch {
    return false; // a thread ended between the two looks
  }
}
