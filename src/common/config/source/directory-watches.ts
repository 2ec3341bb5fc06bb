import { statSync, watch, type FSWatcher } from 'node:fs';
import { watchPlaces } from './watch-places.js';

interface DirectoryWatch {
  readonly watcher: FSWatcher;
  readonly inode: number;
  names: ReadonlySet<string>;
}

/** Tells when something happens at one of the places that a path depends on. Never keeps the process alive. */
export class DirectoryWatches {
  private readonly watches = new Map<string, DirectoryWatch>();

  constructor(
    private readonly path: string,
    private readonly onEvent: () => void,
  ) {}

  /** Watches what must be watched now: directories are replaced, and links come to point elsewhere. */
  arm(): void {
    const places = watchPlaces(this.path);
    for (const [directory, { inode }] of this.watches) {
      if (!places.has(directory) || inodeOf(directory) !== inode) this.drop(directory);
    }
    for (const [directory, names] of places) {
      const present = this.watches.get(directory);
      if (present) present.names = names;
      else this.add(directory, names);
    }
  }

  close(): void {
    for (const directory of this.watches.keys()) this.drop(directory);
  }

  private add(directory: string, names: ReadonlySet<string>): void {
    const inode = inodeOf(directory);
    if (inode === null) return;
    let watcher: FSWatcher;
    try {
      watcher = watch(directory, { persistent: false });
    } catch {
      // No permission, or no inotify watches left: the poll of the owner still sees changes.
      return;
    }
    const entry: DirectoryWatch = { watcher, inode, names };
    watcher.on('change', (_type, name) => {
      // Other files of a busy directory must not put off the look at ours.
      if (name === null || entry.names.has(String(name))) this.onEvent();
    });
    watcher.on('error', () => this.drop(directory));
    this.watches.set(directory, entry);
  }

  private drop(directory: string): void {
    this.watches.get(directory)?.watcher.close();
    this.watches.delete(directory);
  }
}

function inodeOf(directory: string): number | null {
  try {
    return statSync(directory).ino;
  } catch {
    return null;
  }
}
