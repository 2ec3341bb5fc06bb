import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
/** Readable by the owner and its group. */
const MODE = 0o640;
/** How often it is looked whether the file is still the one of its name. */
const CHECK_MS = 1_000;
/** What a pipe takes whole or not at all, so that lines of others do not come in between. */
const ATOMIC_BYTES = 4_096;
/** At the most in one call, so that a check is never far. */
const MAX_BYTES = 256 * 1024;
/** The standard output again, with a mode of its own: not to wait must hold for us, and not for the application's log. */
const STDOUT_PATH = '/dev/stdout';

/**
 * A file that lines are appended to, opened when it is needed and again when another one has its name or none has
 * (logrotate moved it away). Nothing here waits for a reader: a full pipe is an error EAGAIN.
 */
export class OutputPlace {
  readonly chunkBytes: number;
  private readonly path: string;
  private handle: FileHandle | null = null;
  private isFile = false;
  private identity = '';
  private checkedAt = 0;

  /** @param to `stdout`, or a path. */
  constructor(to: string) {
    this.path = to === 'stdout' ? STDOUT_PATH : to;
    this.chunkBytes = to === 'stdout' ? ATOMIC_BYTES : MAX_BYTES;
  }

  /** Whether what is written next goes to another file than what was written before. */
  async prepare(): Promise<boolean> {
    if (this.handle !== null && !(await this.isGone())) return false;
    const isAnother = this.identity !== '';
    await this.close();
    this.handle = await open(this.path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, MODE);
    const state = await this.handle.stat();
    this.isFile = state.isFile();
    this.identity = `${state.dev}:${state.ino}`;
    this.checkedAt = performance.now();
    return isAnother;
  }

  /** Answers how many bytes were taken. After `prepare`. */
  async write(bytes: Buffer, offset: number, length: number): Promise<number> {
    return (await this.handle!.write(bytes, offset, length)).bytesWritten;
  }

  async close(): Promise<void> {
    const { handle } = this;
    this.handle = null;
    await handle?.close();
  }

  private async isGone(): Promise<boolean> {
    const now = performance.now();
    if (!this.isFile || now - this.checkedAt < CHECK_MS) return false;
    this.checkedAt = now;
    try {
      const { dev, ino } = await stat(this.path);
      return `${dev}:${ino}` !== this.identity;
    } catch {
      return true;
    }
  }
}
