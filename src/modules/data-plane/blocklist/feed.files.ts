import { FeedFile, type FeedState, type FeedTiming } from './feed.file.js';

/** The files of addresses that the configuration names. */
export class FeedFiles {
  private files = new Map<string, FeedFile>();

  constructor(
    private readonly onChanged: (state: FeedState) => void,
    private readonly timing?: FeedTiming,
  ) {}

  /** From now on these files. Those that stay keep what they held. Whether others are read than before. */
  use(paths: readonly string[]): boolean {
    const wanted = new Set(paths);
    const before = this.files;
    if (before.size === wanted.size && [...before.keys()].every((path) => wanted.has(path))) return false;
    for (const [path, file] of before) if (!wanted.has(path)) file.close();
    this.files = new Map(
      [...wanted].map((path) => [path, before.get(path) ?? new FeedFile(path, this.onChanged, this.timing)]),
    );
    return true;
  }

  states(): readonly FeedState[] {
    return [...this.files.values()].map(({ state }) => state);
  }

  /** Resolves when each has been looked at. */
  async looked(): Promise<void> {
    await Promise.all([...this.files.values()].map((file) => file.looked));
  }

  close(): void {
    for (const file of this.files.values()) file.close();
  }
}
