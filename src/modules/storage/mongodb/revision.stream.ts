import type { mongo } from 'mongoose';
import { Backoff } from '../../../common/backoff.js';
import { RECONNECT_LIMITS } from '../reconnect-limits.js';
import type { MongodbConnection } from './mongodb.connection.js';

/** Only that something changed is asked for: what it is now is read where it is kept. */
const REGISTRY_CHANGES = [{ $match: { 'documentKey._id': 'registry' } }, { $project: { operationType: 1 } }];

/**
 * Tells at once that the registry document changed, through a change stream, where the server has such: a replica set.
 * The driver resumes a stream that broke; one that cannot be resumed is opened anew. After each opening it tells too, so
 * that a listener who then looks misses nothing.
 */
export class RevisionStream {
  private stream: mongo.ChangeStream | null = null;
  private isRead = false;
  private timer: NodeJS.Timeout | null = null;
  private isStopped = false;
  private readonly backoff = new Backoff(RECONNECT_LIMITS);

  constructor(
    private readonly connection: MongodbConnection,
    private readonly collection: () => mongo.Collection<{ _id: string }>,
    private readonly onChange: () => void,
  ) {}

  /** Whether changes are told at once. */
  get isOpen(): boolean {
    return this.isRead;
  }

  start(): void {
    this.connection.onChange(({ state }) => {
      if (state === 'connected') this.open();
      else this.close();
    });
    if (this.connection.status().state === 'connected') this.open();
  }

  stop(): void {
    this.isStopped = true;
    this.close();
  }

  private open(): void {
    if (this.isStopped || this.stream !== null || !this.connection.hasTransactions) return;
    const stream = this.collection().watch(REGISTRY_CHANGES) as unknown as mongo.ChangeStream;
    this.stream = stream;
    void this.read(stream);
  }

  private async read(stream: mongo.ChangeStream): Promise<void> {
    try {
      for (;;) {
        // The first call opens the stream; each of them waits on the server for up to a second.
        const change: unknown = await stream.tryNext();
        if (this.stream !== stream) return;
        if (change !== null || !this.isRead) this.onChange();
        this.isRead = true;
        this.backoff.reset();
      }
    } catch {
      // It broke or is not allowed: the listener looks by itself until there is a stream again.
      if (this.stream !== stream) return;
      this.close();
      if (this.connection.status().state !== 'connected') return;
      this.timer = setTimeout(() => this.open(), this.backoff.next()).unref();
    }
  }

  private close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.isRead = false;
    const { stream } = this;
    this.stream = null;
    // Its cursor on the server ends with it, or by itself when the server cannot be told.
    stream?.close().catch(() => undefined);
  }
}
