import { ConfigWatcher, parseBackendsText } from '../../../common/config/index.js';
import type { DiscoverySource, Findings } from '../found.js';
import { sourceName } from '../source.names.js';

/** No file holds this byte alone: whatever the file holds at the start is news. */
const NOTHING_READ = Uint8Array.of(0xff);

/**
 * Backends that stand in a file: a list as in a service. Read anew when the file changes; one that is broken or gone
 * leaves what it held before.
 */
export class FileSource implements DiscoverySource {
  readonly name: string;
  private readonly watcher: ConfigWatcher;
  private trouble = '';

  constructor(
    private readonly path: string,
    /** Whose backends it finds. */
    private readonly service: string,
  ) {
    this.name = sourceName('file', path);
    this.watcher = new ConfigWatcher(path, NOTHING_READ);
  }

  start(found: (findings: Findings) => void): void {
    this.watcher.on('changed', (content) => this.take(content, found));
    this.watcher.on('problem', (error) => (this.trouble = error.message));
    this.watcher.start();
  }

  problem(): string {
    return this.trouble;
  }

  stop(): Promise<void> {
    this.watcher.close();
    return Promise.resolve();
  }

  private take(content: Buffer, found: (findings: Findings) => void): void {
    try {
      const backends = parseBackendsText(content, this.path).map((backend, index) => ({
        service: this.service,
        backend,
        place: `${this.path}, entry ${index + 1}`,
      }));
      this.trouble = '';
      found({ backends, services: [], problems: [] });
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
    }
  }
}
