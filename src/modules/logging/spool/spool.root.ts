import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SpoolLock } from './spool.lock.js';

const LOCK = 'lock';

/** The folder of one spool, which nobody else touches while it is held. */
export interface HeldFolder {
  /** Of the spool, random: what the store tells consignments by. */
  readonly id: string;
  readonly path: string;
}

/**
 * The folder in which the spools of this machine are, each in a folder of its own that its process holds. A process that
 * ended has left one, for the next to go on with; where two run at a time, as in a takeover, each has its own, and what is
 * left of the one that ends is found by the other.
 */
export class SpoolRoot {
  private readonly prefix: string;
  private readonly locks = new Map<string, SpoolLock>();

  /** @param store What the records are for: a spool is not shipped to another store than that which it was written for. */
  constructor(
    private readonly path: string,
    store: string,
  ) {
    this.prefix = `${createHash('sha256').update(store).digest('hex').slice(0, 8)}-`;
  }

  /** One that an ended process has left, or a new one. Throws what the file system says. */
  claim(): HeldFolder {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    for (const id of this.present()) {
      const folder = this.hold(id);
      if (folder !== null) return folder;
    }
    return this.make();
  }

  /** All others that ended processes have left. Throws what the file system says. */
  claimOrphans(): HeldFolder[] {
    return this.present()
      .map((id) => this.hold(id))
      .filter((folder) => folder !== null);
  }

  /** Gives the spool another id: consignments of it are new ones to the store. */
  rename({ id, path }: HeldFolder): HeldFolder {
    const next = newId();
    const folder = { id: next, path: this.pathOf(next) };
    renameSync(path, folder.path);
    this.locks.set(next, this.locks.get(id)!);
    this.locks.delete(id);
    return folder;
  }

  release({ id }: HeldFolder): void {
    this.locks.get(id)?.release();
    this.locks.delete(id);
  }

  /** With what is known to be needed no more; a folder in which anything else is stays. */
  remove(folder: HeldFolder, files: readonly string[]): void {
    for (const file of files) rmSync(join(folder.path, file), { force: true });
    if (readdirSync(folder.path).every((name) => name === LOCK)) {
      rmSync(join(folder.path, LOCK));
      // Somebody may have looked for an orphan just now: it stays empty then, and is removed by the next who looks.
      if (readdirSync(folder.path).length === 0) rmdirSync(folder.path);
    }
    this.release(folder);
  }

  private make(): HeldFolder {
    const id = newId();
    mkdirSync(this.pathOf(id), { mode: 0o700 });
    const folder = this.hold(id);
    if (folder === null) throw new Error(`the new folder ${this.pathOf(id)} is held by another process`);
    return folder;
  }

  /** null: another process, or this one, holds it. */
  private hold(id: string): HeldFolder | null {
    if (this.locks.has(id)) return null;
    const path = this.pathOf(id);
    const lock = SpoolLock.take(join(path, LOCK));
    if (lock === null) return null;
    this.locks.set(id, lock);
    return { id, path };
  }

  private present(): string[] {
    return readdirSync(this.path)
      .filter((name) => name.startsWith(this.prefix))
      .map((name) => name.slice(this.prefix.length))
      .toSorted();
  }

  private pathOf(id: string): string {
    return join(this.path, this.prefix + id);
  }
}

function newId(): string {
  return randomBytes(8).toString('hex');
}
