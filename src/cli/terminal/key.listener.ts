import type { Readable } from 'node:stream';

type KeyStream = Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };

/** Single keys of a terminal, without waiting for the end of a line. Ctrl-C comes as `\u0003`. */
export class KeyListener {
  private key = '';
  private waiting = Promise.withResolvers<void>();

  constructor(private readonly stream: KeyStream) {
    stream.setRawMode?.(true);
    stream.on('data', this.onData);
    stream.resume();
  }

  /** Resolves at the next key. */
  pressed(): Promise<void> {
    return this.waiting.promise;
  }

  /** The last key since it was last taken, in lower case; empty: none. */
  take(): string {
    const { key } = this;
    this.key = '';
    return key;
  }

  close(): void {
    this.stream.setRawMode?.(false);
    this.stream.off('data', this.onData);
    this.stream.pause();
  }

  private readonly onData = (data: Buffer | string) => {
    this.key = String(data).slice(-1).toLowerCase();
    this.waiting.resolve();
    this.waiting = Promise.withResolvers<void>();
  };
}
