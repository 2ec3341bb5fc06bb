import type { Socket } from 'node:net';

/** What has arrived on a socket, to be waited for and taken piece by piece, byte for byte. */
export class ByteStream {
  private buffer = Buffer.alloc(0);
  private hasEnded = false;
  private failure: Error | null = null;
  private readonly waiters = new Set<() => void>();
  /** Resolves when the connection has closed, whichever way. */
  readonly closed: Promise<void>;

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.buffer = Buffer.concat([this.buffer, chunk]);
      this.wake();
    });
    socket.on('end', () => this.finish());
    socket.on('error', (error) => {
      this.failure = error;
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.finish();
        resolve();
      });
    });
  }

  /** What has arrived and was not taken. */
  get text(): string {
    return this.buffer.toString('latin1');
  }

  /** Whether the other side has said its end, and how. */
  get isEnded(): boolean {
    return this.hasEnded;
  }

  /** Whether the connection was reset rather than closed. */
  get wasReset(): boolean {
    return this.failure !== null;
  }

  /** Takes everything up to and including `mark`. Rejects when the stream ends before. */
  async takeThrough(mark: string): Promise<string> {
    await this.until(() => this.buffer.includes(mark), `"${JSON.stringify(mark)}"`);
    return this.take(this.buffer.indexOf(mark) + mark.length).toString('latin1');
  }

  async takeBytes(count: number): Promise<Buffer> {
    await this.until(() => this.buffer.length >= count, `${count} bytes`);
    return this.take(count);
  }

  /** Takes everything up to the end of the stream. */
  async takeRest(): Promise<Buffer> {
    await this.until(() => this.hasEnded, 'the end');
    return this.take(this.buffer.length);
  }

  /** Resolves when the other side has said its end. */
  async ended(): Promise<void> {
    await this.until(() => this.hasEnded, 'the end');
  }

  private async until(isThere: () => boolean, what: string): Promise<void> {
    while (!isThere()) {
      if (this.hasEnded) throw new Error(`stream ended before ${what}; it had: ${JSON.stringify(this.text)}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.waiters.add(resolve);
      await promise;
    }
  }

  private take(count: number): Buffer {
    const taken = this.buffer.subarray(0, count);
    this.buffer = this.buffer.subarray(count);
    return taken;
  }

  private finish(): void {
    this.hasEnded = true;
    this.wake();
  }

  private wake(): void {
    for (const waiter of this.waiters) waiter();
    this.waiters.clear();
  }
}
