import { existsSync } from 'node:fs';
import type { HostProcesses } from './host.processes.js';
import { ProcfsProcesses } from './procfs.processes.js';
import { PsProcesses } from './ps.processes.js';

/** From /proc where there is one, which is exact and cheap; else from `ps`. */
export function hostProcesses(): HostProcesses {
  host ??= existsSync('/proc/self/stat') ? new ProcfsProcesses() : new PsProcesses();
  return host;
}

let host: HostProcesses | undefined;
