import { stat } from 'node:fs/promises';
import { type NetworkList, readFeed } from '../../../common/addresses/index.js';
import { DirectoryWatches } from '../../../common/config/source/directory-watches.js';

/** Milliseconds. */
export interface FeedTiming {
  /** Quiet time after an event before the file is read: a writer may need several steps. */
  readonly settle: number;
  /** A file that is missing or empty is looked at again after this: some writers remove or truncate it first. */
  readonly confirm: number;
  /** Some file systems have no events. */
  readonly poll: number;
}

const TIMING: FeedTiming = { settle: 50, confirm: 500, poll: 2_000 };

export interface FeedState {
  readonly path: string;
  /** What the file held when it was last right; null: it never was. */
  readonly networks: NetworkList | null;
  /** Unix milliseconds at which that was read; 0: never. */
  readonly loadedAt: number;
  /** Why the file as it is now does not count; empty: it does. */
  readonly problem: string;
}

/** A file of addresses, read anew whenever it changes. One that is broken or gone leaves what it held before. */
export class FeedFile {
  state: FeedState;
  /** Settles after the first look, however it went. */
  readonly looked: Promise<void>;
  private readonly directories: DirectoryWatches;
  private readonly poll: NodeJS.Timeout;
  private timer: NodeJS.Timeout | null = null;
  private signature: string | null = null;
  private isSuspect = false;
  private isReading = false;
  private isClosed = false;

  constructor(
    private readonly path: string,
    private readonly onChanged: (state: FeedState) => void,
    private readonly timing: FeedTiming = TIMING,
  ) {
    this.state = { path, networks: null, loadedAt: 0, problem: '' };
    this.directories = new DirectoryWatches(path, () => this.lookAfter(timing.settle));
    this.directories.arm();
    this.poll = setInterval(() => this.lookUnlessWaiting(), timing.poll);
    this.poll.unref();
    this.looked = this.look();
  }

  close(): void {
    this.isClosed = true;
    this.directories.close();
    clearInterval(this.poll);
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private lookUnlessWaiting(): void {
    this.directories.arm();
    if (this.timer === null) void this.look();
  }

  private lookAfter(ms: number): void {
    if (this.isClosed) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.look();
    }, ms);
    this.timer.unref();
  }

  private async look(): Promise<void> {
    if (this.isReading) return this.lookAfter(this.timing.settle);
    this.isReading = true;
    try {
      const before = await signatureOf(this.path);
      if (before === this.signature) {
        this.isSuspect = false;
        return;
      }
      if (this.mustConfirm(before)) return;
      const read = await this.read();
      // Written to while it was read: what came out may be neither the old nor the new file.
      if ((await signatureOf(this.path)) !== before) return this.lookAfter(this.timing.settle);
      this.signature = before;
      if (this.isClosed) return;
      this.state = read;
      this.onChanged(read);
    } finally {
      this.isReading = false;
    }
  }

  private async read(): Promise<FeedState> {
    try {
      const networks = await readFeed(this.path);
      return { path: this.path, networks, loadedAt: Date.now(), problem: '' };
    } catch (error) {
      return { ...this.state, problem: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Whether a file that is missing or empty is first looked at again; not at the start, when nothing can be lost. */
  private mustConfirm(signature: string): boolean {
    const wasSuspect = this.isSuspect;
    this.isSuspect = this.signature !== null && (signature === '' || signature.startsWith('0 '));
    if (!this.isSuspect || wasSuspect) return false;
    this.lookAfter(this.timing.confirm);
    return true;
  }
}

/** Changes with each write to the file and with each other file in its place; empty while there is none. Begins with the size. */
async function signatureOf(path: string): Promise<string> {
  try {
    const { size, dev, ino, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [size, dev, ino, mtimeNs, ctimeNs].join(' ');
  } catch {
    return '';
  }
}
