/** Signals a process group; false: it has no member. Windows has no groups: the process alone. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  // To the kernel, -1 is all processes, and 0 the group of the balancer itself.
  if (!(group > 1)) return false;
  return signalOne(process.platform === 'win32' ? group : -group, signal);
}

/** false: there is no such process. */
export function signalOne(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    // It exists, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
