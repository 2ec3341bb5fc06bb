import { closeSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Name of its file. */
export const RESERVE_FILE = 'reserve';
const BYTES = 2 * 1024 * 1024;

/**
 * Room on the disk that is kept for how far a spool is shipped. Without it a full disk would stay full: where nothing can be
 * written down nothing could be shipped, and no segment would be removed. Batches are written only while it is whole.
 */
export class Reserve {
  private isWhole: boolean;
  private readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, RESERVE_FILE);
    this.isWhole = sizeOf(this.path) === BYTES;
  }

  /** Throws what the file system says when there is no room for it. */
  ensure(): void {
    if (this.isWhole) return;
    const file = openSync(this.path, 'w', 0o600);
    try {
      // Not zeros: they take no room everywhere.
      if (writeSync(file, Buffer.alloc(BYTES, 1)) < BYTES)
        throw Object.assign(new Error('no room for the reserve'), { code: 'ENOSPC' });
      this.isWhole = true;
    } finally {
      closeSync(file);
      if (!this.isWhole) rmSync(this.path, { force: true });
    }
  }

  /** Its room is free now; false: there was none. */
  giveUp(): boolean {
    if (sizeOf(this.path) === 0) return false;
    truncateSync(this.path, 0);
    this.isWhole = false;
    return true;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
