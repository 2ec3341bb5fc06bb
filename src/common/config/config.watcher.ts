import { EventEmitter } from 'node:events';
import { stat } from 'node:fs/promises';
import { isVelocityError, type VelocityError } from '../errors/index.js';
import { readConfigFile } from './config.loader.js';
import { DirectoryWatches } from './source/directory-watches.js';

/** Milliseconds. */
export interface ConfigWatcherTiming {
  /** Quiet time after an event before the file is read: a writer may need several steps. */
  readonly settle: number;
  /** A file that is missing or empty is looked at again after this: some editors remove or truncate it while they save. */
  readonly confirm: number;
  /** Some file systems (network, some container mounts) have no events. */
  readonly poll: number;
}

const TIMING: ConfigWatcherTiming = { settle: 50, confirm: 500, poll: 2_000 };

export interface ConfigWatcherEvents {
  /** The file has other bytes than last time; or the same ones again after a problem. */
  changed: [content: Buffer];
  /** The file cannot be read any more (CONFIG_UNREADABLE). Told once, until it can be read again. */
  problem: [error: VelocityError];
}

/**
 * Tells when a configuration file changes: written in place, replaced by rename, behind symbolic links that are swapped, deleted
 * and made again. It reads, but does not judge what it reads. `content` is what the file held when it was loaded.
 */
export class ConfigWatcher extends EventEmitter<ConfigWatcherEvents> {
  private readonly directories: DirectoryWatches;
  private settle: NodeJS.Timeout | null = null;
  private poll: NodeJS.Timeout | null = null;
  private signature = '';
  private hasProblem = false;
  private isSuspect = false;
  private isReading = false;
  private isClosed = false;

  constructor(
    private readonly path: string,
    private content: Uint8Array,
    private readonly timing: ConfigWatcherTiming = TIMING,
  ) {
    super();
    this.directories = new DirectoryWatches(path, () => this.lookAfter(this.timing.settle));
  }

  /** Also sees what happened since the file was loaded. */
  start(): void {
    this.directories.arm();
    this.poll = setInterval(() => void this.compareSignature(), this.timing.poll);
    this.poll.unref();
    this.lookAfter(this.timing.settle);
  }

  close(): void {
    this.isClosed = true;
    this.directories.close();
    if (this.settle) clearTimeout(this.settle);
    if (this.poll) clearInterval(this.poll);
  }

  private lookAfter(ms: number): void {
    if (this.isClosed) return;
    if (this.settle) clearTimeout(this.settle);
    this.settle = setTimeout(() => void this.look(), ms);
    this.settle.unref();
  }

  private async compareSignature(): Promise<void> {
    this.directories.arm();
    if ((await signatureOf(this.path)) !== this.signature && this.settle === null)
      this.lookAfter(this.timing.settle);
  }

  private async look(): Promise<void> {
    this.settle = null;
    if (this.isReading) return this.lookAfter(this.timing.settle);
    this.isReading = true;
    try {
      this.directories.arm();
      const before = await signatureOf(this.path);
      const content = await readConfigFile(this.path);
      // Written to while it was read: what came out may be neither the old nor the new file.
      if ((await signatureOf(this.path)) !== before) return this.lookAfter(this.timing.settle);
      this.signature = before;
      this.take(content);
    } catch (error) {
      if (!isVelocityError(error)) throw error;
      this.takeProblem(error);
    } finally {
      this.isReading = false;
    }
  }

  private take(content: Buffer): void {
    if (this.isClosed) return;
    const isSame = content.equals(this.content);
    if (content.length === 0 && !isSame && !this.confirmed()) return;
    this.isSuspect = false;
    if (isSame && !this.hasProblem) return;
    this.hasProblem = false;
    this.content = content;
    this.emit('changed', content);
  }

  private takeProblem(error: VelocityError): void {
    if (this.isClosed || this.hasProblem || !this.confirmed()) return;
    this.isSuspect = false;
    this.hasProblem = true;
    this.signature = '';
    this.emit('problem', error);
  }

  /** False for the first look at something suspect, which is then looked at again. */
  private confirmed(): boolean {
    if (this.isSuspect) return true;
    this.isSuspect = true;
    this.lookAfter(this.timing.confirm);
    return false;
  }
}

/** Changes with each write to the file and with each other file in its place; empty while there is none. */
async function signatureOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return '';
  }
}
