import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/**
 * Holds a file for this process: nobody else has it meanwhile, in this process, another one or another container on the same
 * file system, and the kernel releases it when the process ends, however it ends. Node has no call for such a lock;
 * SQLite has: its lock on a database that never gets any content.
 */
export class SpoolLock {
  private constructor(private readonly holder: DatabaseSync) {}

  /** null: somebody else holds it. Throws when it cannot be made. */
  static take(path: string): SpoolLock | null {
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    const holder = new DatabaseSync(path, { timeout: 0 });
    try {
      holder.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      // Who held it may have removed it with its folder between our two steps.
      if (existsSync(path)) return new SpoolLock(holder);
    } catch (error) {
      if (!isHeld(error)) {
        holder.close();
        throw error;
      }
    }
    holder.close();
    return null;
  }

  release(): void {
    this.holder.close();
  }
}

/** SQLITE_BUSY or SQLITE_LOCKED. */
function isHeld(error: unknown): boolean {
  const { errcode = 0 } = error as { readonly errcode?: number };
  return (errcode & 0xff) === 5 || (errcode & 0xff) === 6;
}
