import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { processEnvironment } from '../../../../common/config/source/environment.js';
import { type HostProcesses, MARK_VARIABLE } from './host.processes.js';
import { signalGroup } from './process.signals.js';

const run = promisify(execFile);
const MAX_OUTPUT = 64 * 1024 * 1024;
const MARKED = new RegExp(`^\\s*(\\d+)\\s.*\\b${MARK_VARIABLE}=([0-9a-f]{16})(?:\\s|$)`);

/** macOS and the BSDs: what `ps` tells, for a process of its own each time. Knows nothing of processor time. */
export class PsProcesses implements HostProcesses {
  async startOf(pid: number): Promise<string | null> {
    const [line = ''] = await ps(['-o', 'stat=,lstart=', '-p', String(pid)]);
    const [, state = '', start = ''] = /^\s*(\S+)\s+(.*?)\s*$/.exec(line) ?? [];
    return start === '' || state.startsWith('Z') ? null : start.replaceAll(/\s+/g, ' ');
  }

  startNow(): string | null {
    return null;
  }

  isEarlier(one: string, other: string): boolean {
    return Date.parse(one) < Date.parse(other);
  }

  async marked(): Promise<ReadonlyMap<string, readonly number[]>> {
    const marks = new Map<string, number[]>();
    // `e` adds the environment, which macOS calls `E`.
    for (const line of await ps([
      process.platform === 'darwin' ? '-axEww' : 'axeww',
      '-o',
      'pid=,command=',
    ])) {
      const [, pid, mark] = MARKED.exec(line) ?? [];
      if (pid !== undefined && mark !== undefined) marks.set(mark, [...(marks.get(mark) ?? []), Number(pid)]);
    }
    return marks;
  }

  async groupLives(group: number): Promise<boolean> {
    return signalGroup(group, 0);
  }

  async family(): Promise<readonly number[]> {
    return [];
  }

  async cpuMs(): Promise<number | null> {
    return null;
  }
}

/** Its lines; none when it finds nothing, or cannot be run. */
async function ps(args: readonly string[]): Promise<string[]> {
  try {
    const { stdout } = await run('ps', [...args], {
      maxBuffer: MAX_OUTPUT,
      env: { PATH: processEnvironment()['PATH'] ?? '', LC_ALL: 'C' },
    });
    return stdout.split('\n').filter((line) => line !== '');
  } catch {
    return [];
  }
}
