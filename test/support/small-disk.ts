import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { requireOrSkip } from './requirements.js';

/** false: it cannot be done on this machine; one line on stderr says so, and VELOCITY_REQUIRE=mount makes it an error. */
export const CAN_MOUNT = canMount();

function canMount(): boolean {
  try {
    unmount(mountSmall(4_096));
    return true;
  } catch {
    requireOrSkip('mount', 'only root can mount a small file system');
    return false;
  }
}

/** Path of an empty file system of this size. It is gone after the running test, whatever happened. */
export function smallDisk(bytes: number): string {
  const path = mountSmall(bytes);
  onTestFinished(() => unmount(path));
  return path;
}

function mountSmall(bytes: number): string {
  const path = mkdtempSync(join(tmpdir(), 'velocity-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path], { stdio: 'ignore' });
  } catch (error) {
    rmSync(path, { recursive: true });
    throw error;
  }
  return path;
}

/** Also while files of it are open, as they are when a test took too long. */
function unmount(path: string): void {
  execFileSync('umount', ['-l', path]);
  rmSync(path, { recursive: true });
}

/** Writes until nothing more goes in. */
export function fillUp(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const block = Buffer.alloc(4_096, 1); writeSync(file, block) === block.length;);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}
