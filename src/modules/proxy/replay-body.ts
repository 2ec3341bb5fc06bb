/** What the first piece of a body is given room for: many bodies are small, and the room doubles. */
const FIRST_BYTES = 1024;

const NOTHING = Buffer.alloc(0);

/**
 * What has been taken of a request's body, kept so that it can be sent once more. One run of bytes that grows up to its
 * limit: pieces of their own would cost a client's drip of single bytes a hundred times their size.
 */
export class ReplayBody {
  /** Whether the body has been taken to its end. */
  isComplete = false;
  /** Whether everything that was taken is here: nothing was left out, and nothing let go. */
  isWhole = true;
  /** Bytes that are kept. */
  length = 0;
  private kept = NOTHING;

  /** @param limitBytes What is kept at most; a body that turns out longer is let go as a whole. */
  constructor(readonly limitBytes: number) {}

  /** Keeps a copy of `bytes[from]` to `bytes[to - 1]`, which have been taken from the client. */
  append(bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    if (!this.isWhole || length === 0) return;
    if (this.length + length > this.limitBytes) return this.release();
    this.reserve(this.length + length);
    this.kept.set(bytes.subarray(from, to), this.length);
    this.length += length;
  }

  /** The body has ended. */
  complete(): void {
    this.isComplete = true;
  }

  /** What is kept, without a copy: valid until the next call of `append` or `release`. */
  toBuffer(): Buffer {
    return this.kept.subarray(0, this.length);
  }

  /** Lets go of all of it: nobody will send it again. */
  release(): void {
    this.isWhole = false;
    this.length = 0;
    this.kept = NOTHING;
  }

  private reserve(length: number): void {
    if (length <= this.kept.length) return;
    const room = Math.max(length, FIRST_BYTES, this.kept.length * 2);
    // Not from Node's pool, of which a piece would hold all.
    const grown = Buffer.allocUnsafeSlow(Math.min(room, this.limitBytes));
    grown.set(this.toBuffer());
    this.kept = grown;
  }
}
