/**
 * Where sockets read into. All of a thread share one buffer, as whatever a read brings is dealt with before the next one;
 * a connection that streams a large body gets a larger one of its own, so that its pieces go out without a copy.
 */
const SHARED_BYTES = 16_384;
const LARGE_BYTES = 65_536;
/** Large buffers that are kept for the next large body. */
const MAX_SPARE = 64;

export class ReadBuffers {
  readonly shared = Buffer.allocUnsafeSlow(SHARED_BYTES);
  private readonly spare: Buffer[] = [];

  takeLarge(): Buffer {
    return this.spare.pop() ?? Buffer.allocUnsafeSlow(LARGE_BYTES);
  }

  /** Gives a large buffer back. Nothing may be on its way out of it any more. */
  give(buffer: Buffer): void {
    if (this.spare.length < MAX_SPARE) this.spare.push(buffer);
  }
}
