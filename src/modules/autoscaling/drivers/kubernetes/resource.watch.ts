import { Backoff } from '../../../../common/backoff.js';
import { statusOf } from './api.failure.js';
import type { ClusterApi, Watched } from './cluster.api.js';

/**
 * The server ends each watch after this time, and says just before where it was (a bookmark): so that the next one goes on
 * from there. Below the 30 s of silence after which the client takes the connection for dead.
 */
const WATCH_SECONDS = 25;

export interface ResourceWatchTimes {
  /** Growing pauses after failures, milliseconds. */
  readonly baseMs: number;
  readonly maxMs: number;
}

/** What is followed: asked anew before each listing, since a Deployment may come later than its watch. */
export interface WatchSource {
  /** Lists once. Resolves with the version that the watch goes on from. */
  list(): Promise<{ readonly watched: Watched; readonly version: string }>;
}

/**
 * Follows a resource of the API as clients of Kubernetes do: list, then watch from the version of the list. A watch that
 * ends goes on from the last version seen; one whose version is too old (410 Gone) lists anew; failures pause with backoff.
 */
export class ResourceWatch {
  private readonly backoff: Backoff;
  private closed = false;
  private abort: AbortController | null = null;
  private wake: (() => void) | null = null;

  constructor(
    private readonly api: () => Promise<ClusterApi>,
    private readonly source: WatchSource,
    private readonly changed: () => void,
    times: ResourceWatchTimes,
  ) {
    this.backoff = new Backoff(times);
  }

  /** Runs until it is closed. Never rejects: what is wrong with the access is said by whoever lists. */
  async run(): Promise<void> {
    let position: { watched: Watched; version: string } | null = null;
    while (!this.closed) {
      try {
        if (position === null) {
          position = { ...(await this.source.list()) };
          // Between the last listing of whoever waits and this one, anything may have happened.
          if (!this.closed) this.changed();
        }
        // One that ends at once without a word would be asked again and again.
        if (!(await this.follow(position))) await this.pause();
      } catch (error) {
        if (statusOf(error) === 410) position = null;
        await this.pause();
      }
    }
  }

  close(): void {
    this.closed = true;
    this.abort?.abort();
    this.wake?.();
  }

  /** One watch, to its end; moves the position on. Resolves with whether it was a good one, that the next may follow at once. */
  private async follow(position: { readonly watched: Watched; version: string }): Promise<boolean> {
    const { cluster } = await this.api();
    if (this.closed) return true;
    const watch = new cluster.client.Watch(cluster.config);
    const { path, labelSelector } = position.watched;
    const query = {
      labelSelector,
      resourceVersion: position.version,
      allowWatchBookmarks: true,
      timeoutSeconds: WATCH_SECONDS,
    };
    let good = false;
    let failure: unknown = null;
    await new Promise<void>((resolve) => {
      const heard = (type: string, object: WatchedObject) => {
        if (type === 'ERROR') {
          failure = object;
          this.abort?.abort();
          return;
        }
        good = true;
        this.backoff.reset();
        position.version = object.metadata?.resourceVersion ?? position.version;
        if (type !== 'BOOKMARK' && !this.closed) this.changed();
      };
      const ended = (error: unknown) => {
        if (isSilence(error)) good = true;
        else failure ??= error;
        resolve();
      };
      const began = (abort: AbortController) => {
        this.abort = abort;
        // Closed, or told to give up, before there was anything to end.
        if (this.closed || failure !== null) abort.abort();
      };
      watch.watch(path, query, heard, ended).then(began).catch(ended);
    });
    this.abort = null;
    if (failure !== null && !this.closed) throw failure;
    return good;
  }

  private async pause(): Promise<void> {
    if (this.closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.backoff.next());
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = null;
  }
}

interface WatchedObject {
  readonly metadata?: { readonly resourceVersion?: string };
}

/** Ends of a watch that are none of a failure: nothing came for a while, or we ended it. */
function isSilence(error: unknown): boolean {
  const name = (error as { readonly name?: unknown } | null)?.name;
  return name === 'TimeoutError' || name === 'AbortError';
}
